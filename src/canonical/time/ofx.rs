//! `format = "ofx"`: dates and times as OFX 2 writes them (specification 2.2, section 3.2.8), which no
//! strftime format can say: `YYYYMMDD[HHMM[SS[.XXX]]]`, and perhaps `[hours from UTC:name]`.
//!
//! A time without a zone is in UTC, says OFX, so that no offset and UTC are the same here.

use super::iso::{Written, iso_time, two};
use crate::canonical::Refusal;
use jiff::{civil::Date, tz::Offset};

/// Reads one value.
pub(super) fn read(text: &str) -> Result<Written, Refusal> {
    let (moment, zone) = text.find('[').map_or((text, ""), |at| text.split_at(at));
    let digits = moment.bytes().take_while(u8::is_ascii_digit).count();
    let (date, time) = (moment.get(..8), moment.get(8..digits.max(8)).unwrap_or_default());
    let date = date.filter(|_| digits >= 8).and_then(|text| day(text.as_bytes())).ok_or_else(refused)?;
    let fraction = &moment[digits.max(8)..];
    let time = match (time.len(), fraction) {
        (0, "") => None,
        (4 | 6, _) => {
            let seconds = if time.len() == 6 { &time[4..] } else { "00" };
            let iso = format!("{}:{}:{seconds}{fraction}", &time[..2], &time[2..4]);
            let (time, rest) = iso_time(iso.as_bytes(), refused)?;
            Some(time).filter(|_| rest.is_empty()).map(Some).ok_or_else(refused)?
        }
        _ => return Err(refused()),
    };
    Ok(Written { date, time, offset: offset(zone)? })
}

fn day(text: &[u8]) -> Option<Date> {
    let year = i16::from(two(text)?) * 100 + i16::from(two(&text[2..])?);
    Date::new(year, two(&text[4..])?, two(&text[6..])?).ok()
}

/// Nothing, `[-5:EST]`, `[0]`, `[+5.5:IST]`. Zones differ by quarters of an hour, so that fractions written
/// as decimals (`.5`) and as minutes (`.30`) cannot be confused.
fn offset(zone: &str) -> Result<Option<Offset>, Refusal> {
    if zone.is_empty() {
        return Ok(None);
    }
    let inside = zone.strip_prefix('[').and_then(|zone| zone.strip_suffix(']')).ok_or_else(refused)?;
    let number = inside.split(':').next().unwrap_or_default();
    let (negative, number) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number.strip_prefix('+').unwrap_or(number)),
    };
    let (hours, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let minutes = match fraction {
        "0" | "00" => 0,
        "25" | "15" => 15,
        "5" | "50" | "30" => 30,
        "75" | "45" => 45,
        _ => return Err(refused()),
    };
    let whole = hours.bytes().all(|b| b.is_ascii_digit());
    let hours: i32 = hours.parse().ok().filter(|hours| whole && *hours <= 14).ok_or_else(refused)?;
    let seconds = hours * 3600 + minutes * 60;
    Offset::from_seconds(if negative { -seconds } else { seconds }).map(Some).map_err(|_| refused())
}

fn refused() -> Refusal {
    "is not a date of OFX (YYYYMMDD, YYYYMMDDHHMMSS.XXX[-5:EST])".into()
}

#[cfg(test)]
mod tests {
    use super::super::{Reading, date, timestamp};

    fn both(value: &str) -> Option<(String, String)> {
        let reading = Reading { format: Some("ofx".into()), zone: None };
        let (mut day, mut moment) = (Vec::new(), Vec::new());
        date(value, &reading, &mut day).ok()?;
        timestamp(value, &reading, &mut moment).ok()?;
        Some((String::from_utf8(day).unwrap(), String::from_utf8(moment).unwrap()))
    }

    #[test]
    fn every_form() {
        for (value, day, moment) in [
            ("20131215", "2013-12-15", "2013-12-15 00:00:00"),
            ("201312152031", "2013-12-15", "2013-12-15 20:31:00"),
            ("20131215203135", "2013-12-15", "2013-12-15 20:31:35"),
            ("20131215203135.547", "2013-12-15", "2013-12-15 20:31:35.547"),
            ("20131215203135.547[-7:PDT]", "2013-12-15", "2013-12-16 03:31:35.547"),
            ("20131215003135[5.5:IST]", "2013-12-15", "2013-12-14 19:01:35"),
            ("20131215003135[-3.30:NST]", "2013-12-15", "2013-12-15 04:01:35"),
            ("20131215003135[0]", "2013-12-15", "2013-12-15 00:31:35"),
        ] {
            assert_eq!(both(value), Some((day.to_owned(), moment.to_owned())), "{value}");
        }
    }

    #[test]
    fn what_is_none_of_them_is_refused() {
        for value in [
            "",
            "2013121",
            "2013-12-15",
            "20131315",
            "2013121520",
            "20131215203",
            "20131215250000",
            "20131215.5",
            "20131215203135[-5:EST",
            "20131215203135[EST]",
            "20131215203135[-5.4]",
            "20131215203135[99]",
            "20131215203135Z",
            "é0131215",
            "20131215é",
            "[",
            "20131215203135.[0]",
        ] {
            assert_eq!(both(value), None, "{value}");
        }
    }
}
