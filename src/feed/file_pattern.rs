//! Patterns of the names of files that a `[source]` delivers: globs that may name a day.

use globset::{GlobBuilder, GlobMatcher};
use jiff::{Span, civil::Date, fmt::strtime};

/// Days that a pattern may name before or after the run's.
const MOST_DAYS: i64 = 36_500;
/// How a day is written where the pattern does not say.
const ISO: &str = "%Y-%m-%d";

/// A glob (`*`, `?`, `[a-z]`, `{a,b}`), in which `{date}`, `{date:%Y%m%d}` and `{date-1}` stand for a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePattern {
    /// As the feed writes it.
    pub text: String,
    parts: Vec<PatternPart>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PatternPart {
    Glob(String),
    Day { offset: i64, format: String },
}

impl FilePattern {
    /// Reads it; an error is the second half of a sentence that begins with the key.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, day)) = rest.split_once("{date") {
            parts.push(PatternPart::Glob(before.to_owned()));
            let Some((inside, after)) = day.split_once('}') else {
                return Err("has a { without its }; write it like \"{date:%Y%m%d}\"".into());
            };
            parts.push(day_of(inside)?);
            rest = after;
        }
        parts.push(PatternPart::Glob(rest.to_owned()));
        let pattern = Self { text: text.to_owned(), parts };
        pattern.matcher(Date::constant(2026, 12, 31), false)?;
        Ok(pattern)
    }

    /// Whether it names a day.
    #[must_use]
    pub fn is_dated(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, PatternPart::Day { .. }))
    }

    /// What finds names on this day.
    ///
    /// # Errors
    /// Says what is wrong with the pattern, as the second half of a sentence.
    pub fn matcher(&self, today: Date, ignore_case: bool) -> Result<GlobMatcher, String> {
        let mut glob = String::new();
        for part in &self.parts {
            match part {
                PatternPart::Glob(text) => glob.push_str(text),
                PatternPart::Day { offset, format } => {
                    let day = today.checked_add(Span::new().days(*offset)).map_err(|cause| cause.to_string());
                    let day =
                        day.and_then(|day| strtime::format(format, day).map_err(|cause| cause.to_string()));
                    let day = day.map_err(|cause| format!("holds a day that cannot be written: {cause}"))?;
                    glob.push_str(&globset::escape(&day));
                }
            }
        }
        let glob = GlobBuilder::new(&glob).case_insensitive(ignore_case).backslash_escape(true).build();
        glob.map(|glob| glob.compile_matcher()).map_err(|cause| format!("is no pattern: {}", cause.kind()))
    }
}

/// What stands in the braces behind `date`: days before or after, and how the day is written.
fn day_of(inside: &str) -> Result<PatternPart, String> {
    let (offset, format) = inside.split_once(':').unwrap_or((inside, ISO));
    let days = if offset.is_empty() { Some(0) } else { offset.parse::<i64>().ok() };
    let days =
        days.filter(|days| days.abs() <= MOST_DAYS && (offset.is_empty() || offset.starts_with(['-', '+'])));
    let Some(offset) = days else {
        return Err(format!("has {{date{inside}}}; write it like {{date}}, {{date-1}} or {{date:%Y%m%d}}"));
    };
    Ok(PatternPart::Day { offset, format: format.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, name: &str) -> bool {
        let pattern = FilePattern::parse(pattern).expect(pattern);
        pattern.matcher(Date::constant(2026, 3, 1), false).expect("a glob").is_match(name)
    }

    #[test]
    fn globs_and_days() {
        for (pattern, name, expected) in [
            ("*.xml*", "a.xml.gz", true),
            ("a?.xml", "ab.xml", true),
            ("[ab].xml", "c.xml", false),
            ("*.{xml,gz}", "a.gz", true),
            ("x-{date}.xml", "x-2026-03-01.xml", true),
            ("x-{date-1:%Y%m%d}*", "x-20260228-1.xml", true),
            ("x-{date+1:%d.%m.%y}", "x-02.03.26", true),
            ("x-{date:[%Y]}", "x-[2026]", true),
            ("x-{date}.xml", "x-2026-03-02.xml", false),
            ("*", "a\u{fffd}\n.xml", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn what_is_no_pattern() {
        for pattern in
            ["{date", "{date*}", "{date1}", "{date-99999999}", "{date:%H}", "[a", "{a,b", "{dates,x}"]
        {
            assert!(FilePattern::parse(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn case_counts_unless_it_is_ignored() {
        let pattern = FilePattern::parse("*.xml").unwrap();
        let fits = |ignore| pattern.matcher(Date::constant(2026, 3, 1), ignore).unwrap().is_match("A.XML");
        assert!(!fits(false) && fits(true));
        assert!(!pattern.is_dated() && FilePattern::parse("{date}").unwrap().is_dated());
    }
}
