//! Formats and time zones of dates, checked against what reads them later.

use crate::canonical::time::OFX;
use jiff::{
    Zoned,
    civil::date,
    fmt::strtime::{self, BrokenDownTime},
    tz::TimeZone,
};

/// Whether `format` can write a moment and read a date back from what it wrote. `written` stands
/// for the value in the message.
pub(super) fn strptime(format: &str, written: &str) -> Result<(), String> {
    if format == OFX {
        return Ok(());
    }
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
            "%s",
            "%Y-%j",
        ] {
            assert_eq!(strptime(format, format), Ok(()), "{format}");
        }
        for format in ["%d.%m", "%Q!", "%", "day", "%H:%M"] {
            assert!(strptime(format, format).is_err(), "{format}");
        }
    }

    #[test]
    fn zones_are_known() {
        assert_eq!(timezone("Europe/Zurich", ""), Ok(()));
        assert_eq!(timezone("UTC", ""), Ok(()));
        assert!(timezone("Europe/Zürich", "").is_err());
    }
}
