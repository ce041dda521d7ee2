//! Years in a format: `%Y` takes exactly four digits and `%y` exactly two, whatever the library beneath takes.
//!
//! Libraries read the 19 of `01-FEB-19` as the year 19, which is a valid date and a wrong one.

use crate::canonical::Refusal;
use jiff::fmt::strtime::BrokenDownTime;

/// A directive for a year: where it begins and ends in the format, and its letter.
struct Year {
    begins: usize,
    ends: usize,
    letter: u8,
}

/// Checks the years of a text that fits the format.
pub(super) fn check(text: &str, format: &str) -> Result<(), Refusal> {
    for Year { begins, ends, letter } in directives(format) {
        let taken = |end: usize| match end {
            0 => Some(0),
            end if end == format.len() => Some(text.len()),
            end => BrokenDownTime::parse_prefix(&format[..end], text).ok().map(|(_, taken)| taken),
        };
        let written = taken(begins).zip(taken(ends)).and_then(|(from, to)| text.get(from..to));
        let written = written.unwrap_or_default();
        let (year, digits) = match letter {
            b'F' => (written.split('-').next().unwrap_or_default(), 4),
            b'D' => (written.rsplit('/').next().unwrap_or_default(), 2),
            b'Y' | b'G' => (written, 4),
            _ => (written, 2),
        };
        if year.len() != digits || !year.bytes().all(|b| b.is_ascii_digit()) {
            let wanted =
                if digits == 4 { "four digits (%y takes two)" } else { "two digits (%Y takes four)" };
            return Err(format!("does not fit the format {format:?}: its year has not {wanted}").into());
        }
    }
    Ok(())
}

/// The directives for years in a format.
fn directives(format: &str) -> impl Iterator<Item = Year> {
    let bytes = format.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let begins = at + bytes.get(at..)?.iter().position(|&b| b == b'%')?;
            // Flags, a width and colons may stand between.
            let between = |b: &&u8| b.is_ascii_digit() || b"-_0^#:.".contains(b);
            let length = bytes[begins + 1..].iter().take_while(between).count();
            let letter = *bytes.get(begins + 1 + length)?;
            at = begins + length + 2;
            if matches!(letter, b'Y' | b'y' | b'G' | b'g' | b'F' | b'D') {
                return Some(Year { begins, ends: at, letter });
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_directive_of_a_year_is_found() {
        let found = |format| -> Vec<&str> { directives(format).map(|y| &format[y.begins..y.ends]).collect() };
        assert_eq!(found("%d.%m.%Y"), ["%Y"]);
        assert_eq!(found("é%Y%%Y %-y %_4G%F%"), ["%Y", "%-y", "%_4G", "%F"]);
        assert_eq!(found("%H:%M:%S%.6f %::z"), [""; 0]);
    }

    #[test]
    fn years_have_all_their_digits() {
        for (text, format) in [
            ("31.12.2024", "%d.%m.%Y"),
            ("20241231", "%Y%m%d"),
            ("24-12-31", "%y-%m-%d"),
            ("2024-12-31 x", "%F x"),
            ("12/31/24", "%D"),
            ("1.2.2024", "%d.%m.%Y"),
        ] {
            assert_eq!(check(text, format), Ok(()), "{text} {format}");
        }
        for (text, format) in [
            ("01-FEB-19", "%d-%b-%Y"),
            ("1.2.+2024", "%d.%m.%Y"),
            ("1.2.0", "%d.%m.%Y"),
            ("1.2.4", "%d.%m.%y"),
            ("19-12-31 x", "%F x"),
            ("12/31/4", "%D"),
            ("019-12-31", "%Y-%m-%d"),
        ] {
            assert!(check(text, format).is_err(), "{text} {format}");
        }
    }
}
