//! The names of feeds and runs. What is read back from a ledger becomes one of these or an error: neither can hold a
//! `/`, a blank or a control character, so a folder may be named for it.

use serde::{Deserialize, Serialize};
use std::{fmt, ops::Deref};

/// Names the staging table together with a prefix, and databases allow 63 bytes.
pub const MAX_FEED_NAME: usize = 40;

/// Whether the name of a feed may hold this.
#[must_use]
pub fn in_feed_name(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
}

/// A feed, or a row set `<feed>-<set>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FeedName(String);

impl FeedName {
    /// What the text names, if it is the name of a feed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is = !text.is_empty() && text.len() <= MAX_FEED_NAME && text.chars().all(in_feed_name);
        is.then(|| Self(text.to_owned()))
    }
}

/// A run: `<feed>-<time>-<number>-<8 random hex digits>`. Runs of older programs have no random digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId {
    text: String,
    /// How much of it is the feed.
    feed: usize,
}

impl RunId {
    /// The id of a run that begins. Its time is for people; within a database the number tells runs apart, and `random`
    /// does where two databases share a folder.
    #[must_use]
    pub fn new(feed: &str, begun: jiff::Timestamp, seq: i64, random: u32) -> Self {
        let text = format!("{feed}-{}-{seq:06}-{random:08x}", begun.strftime("%Y%m%dT%H%M%SZ"));
        Self { text, feed: feed.len() }
    }

    /// What the text names, if it is the id of a run.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (feed, time, rest) = around_the_time(text)?;
        let (number, random) = rest.split_once('-').map_or((rest, None), |(number, hex)| (number, Some(hex)));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_time = time.len() == 16
            && time.char_indices().all(|(n, c)| match n {
                8 => c == 'T',
                15 => c == 'Z',
                _ => c.is_ascii_digit(),
            });
        let is_number = (6..=19).contains(&number.len()) && digits(number);
        let hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let is_random = random.is_none_or(|random| random.len() == 8 && hex(random));
        let feed = FeedName::parse(feed)?.len();
        (is_time && is_number && is_random).then(|| Self { text: text.to_owned(), feed })
    }

    /// The feed's name.
    #[must_use]
    pub fn feed(&self) -> &str {
        &self.text[..self.feed]
    }

    /// The number that tells it apart from the feed's other runs, in their order.
    #[must_use]
    pub fn number(&self) -> i64 {
        let rest = around_the_time(&self.text).map_or("", |(_, _, rest)| rest);
        // An id has a number of at most 19 digits.
        rest.split('-').next().and_then(|number| number.parse().ok()).unwrap_or(i64::MAX)
    }

    /// The same, as a name of its own.
    #[must_use]
    pub fn feed_name(&self) -> FeedName {
        FeedName(self.feed().to_owned())
    }
}

/// The parts of an id: only its time has a `T`, since feeds are written in lower case.
fn around_the_time(text: &str) -> Option<(&str, &str, &str)> {
    let (before, _) = text.split_once('T')?;
    let (feed, _) = before.rsplit_once('-')?;
    let (time, rest) = text[feed.len() + 1..].split_once('-')?;
    Some((feed, time, rest))
}

macro_rules! text {
    ($name:ident, $text:tt, $what:literal) => {
        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.$text
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.$text
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text).ok_or($what)
            }
        }
    };
}

text!(FeedName, 0, "a text is not the name of a feed");
text!(RunId, text, "a text is not the id of a run");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_written() {
        let begun = "2026-01-31T07:05:09Z".parse().unwrap();
        for feed in ["acme", "a-1-b", "-", &"x".repeat(MAX_FEED_NAME)] {
            let id = RunId::new(feed, begun, 42, 0xab);
            assert_eq!(&*id, format!("{feed}-20260131T070509Z-000042-000000ab"));
            assert_eq!((RunId::parse(&id), id.feed()), (Some(id.clone()), feed));
            assert_eq!(id.number(), 42);
            assert!(id.len() <= 90, "the ledger's column holds 90");
        }
        let largest = RunId::new(&"x".repeat(MAX_FEED_NAME), begun, i64::MAX, u32::MAX);
        assert!(largest.len() <= 90 && RunId::parse(&largest).is_some());
        assert_eq!(RunId::parse("acme-20260131T070509Z-000042").unwrap().feed(), "acme");
        assert_eq!(RunId::parse("acme-20260131T070509Z-1234567").unwrap().feed(), "acme");
    }

    #[test]
    fn nothing_else_is_an_id() {
        for text in [
            "",
            "acme",
            "/etc/passwd",
            "../acme-20260131T070509Z-000042",
            "acme-20260131T070509Z-000042/",
            "acme-20260131T070509Z-000042-ab12cd34/../../x",
            "acme-20260131T070509Z-000042\n",
            "acme-20260131T070509Z-000042-ab12cd3",
            "acme-20260131T070509Z-000042-AB12CD34",
            "acme-20260131T070509Z-000042-ab12cd34-",
            "acme-20260131T070509Z-00042",
            "acme-20260131T070509Z-",
            "acme-20260131T07050Z-000042",
            "acme-20260131t070509z-000042",
            "-20260131T070509Z-000042",
            "Acme-20260131T070509Z-000042",
            "acme\u{1b}-20260131T070509Z-000042",
            "acme-２０260131T070509Z-000042",
        ] {
            assert_eq!(RunId::parse(text), None, "{text:?}");
        }
        for text in ["", "a/b", "A", "a b", "a\n", "é", &"x".repeat(MAX_FEED_NAME + 1)] {
            assert_eq!(FeedName::parse(text), None, "{text:?}");
        }
        assert!(serde_json::from_str::<RunId>("\"../x\"").is_err());
    }
}
