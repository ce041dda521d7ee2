//! The parts of a format, and what is asked of a text that fits it, whatever the library beneath takes: `%Y` takes
//! exactly four digits and `%y` exactly two, numbers that touch each other have all their digits, and there are no leap
//! seconds.
//!
//! Libraries read the 19 of `01-FEB-19` as the year 19 and `2019111` as the 11th of January or the 1st of November,
//! which are valid dates and wrong ones.

use crate::canonical::Refusal;
use jiff::fmt::strtime::BrokenDownTime;
use std::borrow::Cow;

/// A directive: where it begins and ends in the format, and its letter.
#[derive(Debug, Clone, Copy)]
pub struct Directive {
    /// Of its `%`.
    pub begins: usize,
    /// Behind its letter.
    pub ends: usize,
    /// The letter.
    pub letter: u8,
}

impl Directive {
    fn is_year(self) -> bool {
        matches!(self.letter, b'Y' | b'y' | b'G' | b'g')
    }

    /// How many digits it has where it touches another number; 0: any. `None`: it is no number.
    fn digits(self) -> Option<usize> {
        match self.letter {
            b'Y' | b'G' => Some(4),
            b'j' => Some(3),
            b'y' | b'g' | b'm' | b'd' | b'e' | b'H' | b'k' | b'I' | b'l' | b'M' | b'S' | b'V' => Some(2),
            b'u' | b'w' => Some(1),
            b'f' | b'N' => Some(0),
            _ => None,
        }
    }
}

/// The format with the directives that a short one stands for.
#[must_use]
pub fn expanded(format: &str) -> Cow<'_, str> {
    let (mut text, mut from) = (String::new(), 0);
    for Directive { begins, ends, letter } in directives(format) {
        let long = match letter {
            b'F' => "%Y-%m-%d",
            b'D' => "%m/%d/%y",
            b'T' => "%H:%M:%S",
            b'R' => "%H:%M",
            _ => continue,
        };
        text.push_str(&format[from..begins]);
        text.push_str(long);
        from = ends;
    }
    if from == 0 {
        return format.into();
    }
    text.push_str(&format[from..]);
    text.into()
}

/// Checks a text that fits the format. `last_second`: the library read 59 seconds, which may have been 60.
pub(super) fn check(text: &str, format: &str, last_second: bool) -> Result<(), Refusal> {
    let format = &*expanded(format);
    let refuse = |why: &str| Err(format!("does not fit the format {format:?}: {why}").into());
    let mut before: Option<(Directive, &str, usize)> = None;
    for part in directives(format) {
        let near = before.filter(|(other, ..)| format[other.ends..part.begins].trim().is_empty());
        let begins = near.map_or_else(|| taken(text, format, part.begins), |(.., end)| end);
        let ends = taken(text, format, part.ends);
        let own = text.get(begins..ends).unwrap_or_default();
        let number = own.trim_start();
        if part.is_year() && !full(number, part.digits().unwrap_or(4)) {
            return refuse(match part.letter {
                b'Y' | b'G' => "its year has not four digits (%y takes two)",
                _ => "its year has not two digits (%Y takes four)",
            });
        }
        if last_second && part.letter == b'S' && number == "60" {
            return Err("is a leap second".into());
        }
        if let Some((other, first, _)) = near
            && let (Some(one), Some(two)) = (other.digits(), part.digits())
            && own.starts_with(|c: char| c.is_ascii_digit())
            && !(full(first.trim_start(), one) && full(number, two))
        {
            return refuse("numbers without a separator between them have all their digits, like 05");
        }
        before = Some((part, own, ends));
    }
    Ok(())
}

/// Whether the text is so many digits; 0: any number of them.
fn full(text: &str, digits: usize) -> bool {
    (digits == 0 || text.len() == digits) && text.bytes().all(|b| b.is_ascii_digit())
}

/// How much of the text the beginning of the format takes.
fn taken(text: &str, format: &str, end: usize) -> usize {
    match end {
        0 => 0,
        end if end == format.len() => text.len(),
        end => BrokenDownTime::parse_prefix(&format[..end], text).map_or(text.len(), |(_, taken)| taken),
    }
}

/// The directives in a format.
pub fn directives(format: &str) -> impl Iterator<Item = Directive> {
    let bytes = format.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let begins = at + bytes.get(at..)?.iter().position(|&b| b == b'%')?;
        // Flags, a width and colons may stand between.
        let between = |b: &&u8| b.is_ascii_digit() || b"-_0^#:.".contains(b);
        let length = bytes[begins + 1..].iter().take_while(between).count();
        let letter = *bytes.get(begins + 1 + length)?;
        at = begins + length + 2;
        Some(Directive { begins, ends: at, letter })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_directive_is_found() {
        let found = |format| -> Vec<&str> { directives(format).map(|y| &format[y.begins..y.ends]).collect() };
        assert_eq!(found("%d.%m.%Y"), ["%d", "%m", "%Y"]);
        assert_eq!(found("é%Y%%Y %-y %_4G%F%"), ["%Y", "%%", "%-y", "%_4G", "%F"]);
        assert_eq!(found("%H:%M%.6f %::z"), ["%H", "%M", "%.6f", "%::z"]);
        assert_eq!(expanded("x%%F%F %T"), "x%%F%Y-%m-%d %H:%M:%S");
    }

    #[test]
    fn numbers_have_their_digits() {
        for (text, format) in [
            ("31.12.2024", "%d.%m.%Y"),
            ("20241231", "%Y%m%d"),
            ("24-12-31", "%y-%m-%d"),
            ("2024-12-31 x", "%F x"),
            ("12/31/24", "%D"),
            ("1.2.2024", "%d.%m.%Y"),
            ("1 2 2024 9:05", "%d %m %Y %H:%M"),
            ("20240102 9:05PM", "%Y%m%d %I:%M%p"),
            ("20240102T090807.5", "%Y%m%dT%H%M%S%.f"),
            ("1JAN2024", "%d%b%Y"),
        ] {
            assert_eq!(check(text, format, true), Ok(()), "{text} {format}");
        }
        for (text, format) in [
            ("01-FEB-19", "%d-%b-%Y"),
            ("1.2.+2024", "%d.%m.%Y"),
            ("1.2.0", "%d.%m.%Y"),
            ("1.2.4", "%d.%m.%y"),
            ("19-12-31 x", "%F x"),
            ("12/31/4", "%D"),
            ("019-12-31", "%Y-%m-%d"),
            ("2019111", "%Y%m%d"),
            ("2019021", "%Y%m%d"),
            ("19111", "%y%m%d"),
            ("2019110110101", "%Y%m%d%H%M%S"),
            ("20190201100", "%Y%m%d%H%M"),
            ("20190201 115", "%Y%m%d %H%M"),
            ("112024", "%d %m%Y"),
            ("20161231235960", "%Y%m%d%H%M%S"),
            ("10:00:60", "%T"),
        ] {
            assert!(check(text, format, true).is_err(), "{text} {format}");
        }
    }
}
