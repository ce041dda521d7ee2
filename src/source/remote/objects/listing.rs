//! A page of a listing, before the library reads it. One key that the library cannot ask for (an empty part, `.`, `..`, a
//! control character) would end the whole listing there; here it is taken out, and handed on as what it is.
//!
//! S3 and GCS write `Contents` with a `Key`, Azure writes `Blob` with a `Name`. What stands for deeper keys
//! (`CommonPrefixes`, `BlobPrefix`) is left out too: those are no files of this folder, whatever they are called.

use html5gum::{Token, Tokenizer};
use object_store::path::Path;

/// The page without what is no file or cannot be asked for, and the keys that cannot be.
pub fn sift(page: &str) -> (String, Vec<String>) {
    let (mut kept, mut hostile) = (String::with_capacity(page.len()), Vec::new());
    // Where that begins of which nothing is decided, and the key that stands in it.
    let (mut open, mut key) = (0, None);
    for (at, _) in page.match_indices('<') {
        let (tag, text) = page[at + 1..].split_once('>').unwrap_or_default();
        let behind = at + tag.len() + 2;
        match tag {
            "Contents" | "Blob" | "CommonPrefixes" | "BlobPrefix" => {
                kept.push_str(&page[open..at]);
                (open, key) = (at, None);
            }
            "Key" | "Name" if key.is_none() => key = text.split('<').next().map(unescaped),
            "/Contents" | "/Blob" => {
                if let Some(key) = key.take().filter(|key| Path::parse(key).is_err()) {
                    hostile.push(key);
                    open = behind;
                }
            }
            "/CommonPrefixes" | "/BlobPrefix" => open = behind,
            _ => {}
        }
    }
    kept.push_str(&page[open..]);
    (kept, hostile)
}

/// A text with its references resolved. Those of XML are references of HTML too.
fn unescaped(text: &str) -> String {
    let mut plain = Vec::new();
    for Ok(token) in Tokenizer::new(text) {
        if let Token::String(part) = token {
            plain.extend_from_slice(&part);
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_that_cannot_be_asked_for_are_taken_out() {
        let entry = |key: &str| format!("<Contents><Key>{key}</Key><Size>1</Size></Contents>\n");
        let page = |keys: &[&str]| {
            let entries: String = keys.iter().map(|key| entry(key)).collect();
            format!("<?xml version=\"1.0\"?><ListBucketResult><Name>b..k</Name>{entries}</ListBucketResult>")
        };
        let keys =
            ["in/a.xml", "in/..", "in/", "in/&amp;&#38;lt;.xml", "in/a&#x1;.xml", "in/b\u{7f}.xml", "in//c"];
        let (kept, hostile) = sift(&page(&keys));
        assert_eq!(hostile, ["in/..", "in/a\u{1}.xml", "in/b\u{7f}.xml", "in//c"]);
        // The ends of lines between them stay.
        let left = page(&["in/a.xml", "in/", "in/&amp;&#38;lt;.xml"]);
        assert_eq!(kept.replace('\n', ""), left.replace('\n', ""));
    }

    #[test]
    fn what_lies_deeper_is_no_file() {
        let page = "<R><CommonPrefixes><Prefix>in//</Prefix></CommonPrefixes><Contents><Key>a</Key></Contents>\
                    <CommonPrefixes><Prefix>in/../</Prefix></CommonPrefixes></R>";
        assert_eq!(sift(page), ("<R><Contents><Key>a</Key></Contents></R>".into(), vec![]));
        let azure =
            "<Blobs><BlobPrefix><Name>in/../</Name></BlobPrefix><Blob><Name>in/.</Name></Blob></Blobs>";
        assert_eq!(sift(azure), ("<Blobs></Blobs>".into(), vec!["in/.".to_owned()]));
    }

    #[test]
    fn what_is_no_page_stays_as_it_is() {
        for text in ["", "<", "a < b", "<Contents>", "<Contents><Key>..", "</Contents>", "<Key>..</Key>"] {
            assert_eq!(sift(text), (text.to_owned(), vec![]), "{text}");
        }
    }
}
