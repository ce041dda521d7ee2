//! What the head of an answer says of a file.

use super::super::{RemoteFile, web};
use crate::error::{Code, Error, Result};
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use reqwest::{
    Response, Version,
    header::{
        CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, LAST_MODIFIED, TRANSFER_ENCODING,
    },
};
use url::Url;

/// The head of an answer with a file, or a part of one.
#[derive(Default)]
pub struct Head {
    /// Where its bytes begin.
    pub begins: u64,
    /// What it is, in small letters and without parameters: `text/html`.
    pub kind: String,
    /// The whole file's length.
    bytes: Option<u64>,
    modified: Option<Timestamp>,
    version: Option<String>,
}

impl Head {
    /// Reads it.
    pub fn of(response: &Response) -> Self {
        let text = |name: HeaderName| response.headers().get(name)?.to_str().ok();
        let range = text(CONTENT_RANGE).filter(|_| response.status() == 206).and_then(range);
        let length = text(CONTENT_LENGTH).and_then(|length| length.parse().ok());
        let kind = text(CONTENT_TYPE).unwrap_or_default().split(';').next().unwrap_or_default();
        Self {
            // A part that does not say where it begins begins nowhere.
            begins: range.map_or(if response.status() == 206 { u64::MAX } else { 0 }, |(begins, _)| begins),
            kind: kind.trim().to_ascii_lowercase(),
            bytes: range.map_or(length, |(_, bytes)| Some(bytes)),
            modified: text(LAST_MODIFIED).and_then(|date| DateTimeParser::new().parse_timestamp(date).ok()),
            version: text(ETAG).map(web::version),
        }
    }

    /// The file that it speaks of.
    pub fn file(self, name: String, url: &Url) -> RemoteFile {
        let Self { bytes, modified, version, .. } = self;
        RemoteFile { name, address: url.to_string(), bytes, modified, version }
    }

    /// Whether nothing in it contradicts what was listed.
    pub fn is_of(&self, file: &RemoteFile) -> bool {
        web::agree(self.bytes.as_ref(), file.bytes.as_ref())
            && web::agree(self.version.as_ref(), file.version.as_ref())
            && web::agree(self.modified.as_ref(), file.modified.as_ref())
    }
}

/// `bytes 5-9/10`: where the part begins, and the length of the whole. The part must reach the end.
fn range(text: &str) -> Option<(u64, u64)> {
    let (part, whole) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (begins, last) = part.split_once('-')?;
    let (begins, last, whole): (u64, u64, u64) =
        (begins.parse().ok()?, last.parse().ok()?, whole.parse().ok()?);
    (begins <= last && last.checked_add(1)? == whole).then_some((begins, whole))
}

/// By what a server can tell that a file is still the same: a strong version, or else its time.
pub fn validator(file: &RemoteFile) -> Option<String> {
    let strong = file.version.as_ref().filter(|version| !version.starts_with("W/"));
    let date =
        || jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&file.modified?).ok();
    strong.map(|version| format!("\"{version}\"")).or_else(date)
}

/// Whether the end of the body can be told from a cut.
pub fn tells_its_end(response: &Response) -> bool {
    let has = |name| response.headers().contains_key(name);
    has(CONTENT_LENGTH) || has(TRANSFER_ENCODING) || response.version() >= Version::HTTP_2
}

/// Refuses an answer that brings nothing.
///
/// # Errors
/// `Fetch`, with the status.
pub fn check(url: &Url, response: &Response) -> Result<()> {
    let status = response.status().as_u16();
    let code = match status {
        200 | 206 => return Ok(()),
        401 | 407 => Code::SourceLogin,
        _ => Code::SourceRefused,
    };
    Err(Error::new(code, format!("{} answered {status}", web::shown(url))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_must_reach_the_end() {
        assert_eq!(range("bytes 5-9/10"), Some((5, 10)));
        for wrong in
            ["bytes 5-8/10", "bytes 5-9/*", "bytes 9-5/6", "items 5-9/10", "bytes 5-18446744073709551615/0"]
        {
            assert_eq!(range(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_weak_version_does_not_tell_whether_a_file_can_be_resumed() {
        let file = |version: Option<&str>, second| RemoteFile {
            name: String::new(),
            address: String::new(),
            bytes: None,
            modified: Some(Timestamp::from_second(second).unwrap()),
            version: version.map(web::version),
        };
        assert_eq!(validator(&file(Some("\"a\""), 0)).as_deref(), Some("\"a\""));
        assert_eq!(
            validator(&file(Some("W/\"a\""), 784_111_777)).as_deref(),
            Some("Sun, 06 Nov 1994 08:49:37 GMT")
        );
        assert_eq!(validator(&file(None, 784_111_777)).as_deref(), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
    }
}
