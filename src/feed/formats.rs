//! Formats and time zones of dates, checked against what reads them later.

use crate::canonical::time::{OFX, directives, expanded};
use jiff::{
    Zoned,
    civil::date,
    fmt::strtime::{self, BrokenDownTime},
    tz::TimeZone,
};
use std::collections::BTreeMap;

/// Whether `format` can write a moment and read a date back from what it wrote. `written` stands
/// for the value in the message. `zoned`: its column has a `timezone`.
pub(super) fn strptime(format: &str, written: &str, zoned: bool) -> Result<(), String> {
    if format == OFX {
        return Ok(());
    }
    sensible(&expanded(format), zoned).map_err(|what| format!("`{written}` {what}"))?;
    let wrong = |cause: &dyn std::fmt::Display| {
        format!("`{written}` is no date format ({cause}); use directives like %Y-%m-%d or %d.%m.%Y %H:%M:%S")
    };
    let moment: Zoned =
        date(2024, 11, 23).at(13, 45, 56, 0).to_zoned(TimeZone::UTC).map_err(|cause| wrong(&cause))?;
    let text = strtime::format(format, &moment).map_err(|cause| wrong(&cause))?;
    let read = BrokenDownTime::parse(format, &text).map_err(|cause| wrong(&cause))?;
    if read.to_date().is_err() && read.to_timestamp().is_err() {
        return Err(format!("`{written}` does not give a whole date; it needs a year, a month and a day"));
    }
    Ok(())
}

/// Whether its directives say each part once, and every part that another one needs.
fn sensible(format: &str, zoned: bool) -> Result<(), String> {
    let (mut given, mut literal, mut from) = (BTreeMap::new(), String::new(), 0);
    for part in directives(format) {
        literal.push_str(&format[from..part.begins]);
        // A directive separates what stands beside it.
        literal.push(' ');
        from = part.ends;
        let directive = &format[part.begins..part.ends];
        let parts: &[&str] = match part.letter {
            b'Y' | b'y' | b'G' | b'g' => &["year"],
            b'm' | b'b' | b'B' | b'h' => &["month"],
            b'd' | b'e' => &["day"],
            b'j' => &["month", "day"],
            b'V' => &["week", "month", "day"],
            b'a' | b'A' | b'u' => &["weekday"],
            b'H' | b'k' => &["hour"],
            b'I' | b'l' => &["hour", "hour of twelve"],
            b'p' | b'P' => &["half of the day (%p)"],
            b'M' => &["minute"],
            b'S' => &["second"],
            b'f' | b'N' => &["fraction"],
            b'z' => &["zone"],
            b'%' => &[],
            _ => return Err(format!("has {directive}, which means nothing here; take it out")),
        };
        for name in parts {
            if let Some(other) = given.insert(*name, directive) {
                return Err(format!("says the {name} twice, by {other} and {directive}; keep one of them"));
            }
        }
    }
    literal.push_str(&format[from..]);
    for (part, needs) in [
        ("minute", "hour"),
        ("second", "minute"),
        ("fraction", "second"),
        ("hour of twelve", "half of the day (%p)"),
        ("half of the day (%p)", "hour of twelve"),
    ] {
        if let (Some(directive), None) = (given.get(part), given.get(needs)) {
            return Err(format!("has {directive} without the {needs} (%m is the month, %M the minute)"));
        }
    }
    let zulu = literal.split(|c: char| !c.is_alphabetic()).any(|word| word == "Z");
    if zulu && given.contains_key("hour") && (zoned || !given.contains_key("zone")) {
        return Err(
            "has a Z that says the zone UTC, and reads it as a letter; end it with %z, which reads Z"
                .to_owned(),
        );
    }
    Ok(())
}

/// Whether this machine knows the time zone. `written` stands for the value in the message.
pub(super) fn timezone(name: &str, written: &str) -> Result<(), String> {
    match TimeZone::get(name) {
        Ok(_) => Ok(()),
        Err(_) if TimeZone::get("Europe/Zurich").is_err() => Err(format!(
            "`{written}` cannot be looked up: this machine has no time zone database; install tzdata"
        )),
        Err(_) => {
            Err(format!("`{written}` is no time zone; use an IANA name like \"Europe/Zurich\" or \"UTC\""))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_give_a_date() {
        for format in [
            "ofx",
            "%d.%m.%Y",
            "%Y%m%d",
            "%Y-%m-%dT%H:%M:%S%z",
            "%d %b %Y",
            "%m/%d/%y %I:%M %p",
            "%Y-%j",
            "%G-W%V-%u",
            "%a, %d %b %Y %T %z",
            "Zeit %F %H:%M",
        ] {
            assert_eq!(strptime(format, format, false), Ok(()), "{format}");
        }
        for (format, why) in [
            ("%d.%m", "whole date"),
            ("%Q!", "%Q, which means nothing"),
            ("%", "no date format"),
            ("day", "whole date"),
            ("%H:%M", "whole date"),
            ("%s", "%s, which means nothing"),
            ("%d.%m.%Y %H:%m", "the month twice, by %m and %m"),
            ("%Y-%m-%d %b", "the month twice, by %m and %b"),
            ("%F %d", "the day twice"),
            ("%Y-%j-%d", "the day twice"),
            ("%Y-%m-%d %M:%S", "%M without the hour"),
            ("%Y-%m-%d %H:%S", "%S without the minute"),
            ("%Y-%m-%d %H:%M%.f", "%.f without the second"),
            ("%Y-%m-%d %I:%M", "%I without the half of the day"),
            ("%Y-%m-%d %H:%M %p", "%p without the hour of twelve"),
            ("%Y-%m-%d %H:%M:%S %Q", "%Q, which means nothing"),
            ("%Y-%m-%dT%H:%M:%SZ", "end it with %z"),
        ] {
            let refused = strptime(format, format, false).unwrap_err();
            assert!(refused.contains(why), "{format}: {refused}");
        }
        assert!(strptime("%FT%TZ %z", "", true).is_err());
    }

    #[test]
    fn zones_are_known() {
        assert_eq!(timezone("Europe/Zurich", ""), Ok(()));
        assert_eq!(timezone("UTC", ""), Ok(()));
        assert!(timezone("Europe/Zürich", "").is_err());
    }
}
