//! Durations, byte sizes and decimals as a feed writes them.
//!
//! Errors are the second half of a sentence that begins with the key. They show `written`, the text
//! before `${…}` was replaced, since a variable may be a secret.

use std::time::Duration;

/// `500ms`, `30s`, `5m`, `1h`; more than nothing.
pub(super) fn duration(text: &str, written: &str) -> Result<Duration, String> {
    let wrong =
        || format!("`{written}` is not a duration; write it like \"500ms\", \"30s\", \"5m\" or \"1h\"");
    let (number, unit) = number_and_unit(text).ok_or_else(wrong)?;
    let milliseconds = match unit {
        "ms" => Some(number),
        "s" => number.checked_mul(1_000),
        "m" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        _ => None,
    };
    match milliseconds.ok_or_else(wrong)? {
        0 => Err("must be longer than nothing; leave it out for no limit".into()),
        milliseconds => Ok(Duration::from_millis(milliseconds)),
    }
}

/// `16MiB`, `64 KiB`, `1GB`, or plain bytes.
pub(super) fn bytes(text: &str, written: &str) -> Result<u64, String> {
    let wrong = || format!("`{written}` is not a size; write bytes, or a text like \"64KiB\" or \"16MiB\"");
    let (number, unit) = number_and_unit(text).ok_or_else(wrong)?;
    let factor = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return Err(wrong()),
    };
    number.checked_mul(factor).ok_or_else(wrong)
}

fn number_and_unit(text: &str) -> Option<(u64, &str)> {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = text[..text.len() - digits.len()].parse().ok()?;
    Some((number, digits.trim_start()))
}

/// The canonical text of a decimal that is not negative: no `+`, no needless zeros.
pub(super) fn decimal(text: &str, written: &str) -> Result<String, String> {
    let wrong = || format!("`{written}` is not a decimal number; write it like \"0.01\"");
    let trimmed = text.trim();
    if trimmed.starts_with('-') {
        return Err(format!("`{written}` is negative; write it without the sign"));
    }
    let unsigned = trimmed.strip_prefix('+').unwrap_or(trimmed);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    // `.5` is clear enough; `5.`, `.` and `1e5` are not.
    if fraction.is_empty() || !digits(whole) || !digits(fraction) || unsigned.is_empty() {
        return Err(wrong());
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    Ok(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, milliseconds) in [("500ms", 500), ("30s", 30_000), ("5m", 300_000), ("1h", 3_600_000)] {
            assert_eq!(duration(text, text).unwrap(), Duration::from_millis(milliseconds), "{text}");
        }
        for text in ["", "5", "s", "1.5s", "-1s", "1d", "0s", "99999999999999999999s", "9999999999999999999h"]
        {
            assert!(duration(text, text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes() {
        for (text, size) in [("7", 7), ("16MiB", 16 << 20), ("64 kib", 64 << 10), ("1GB", 1_000_000_000)] {
            assert_eq!(bytes(text, text).unwrap(), size, "{text}");
        }
        for text in ["", "MiB", "-1", "1.5MiB", "1XB", "99999999999999GiB"] {
            assert!(bytes(text, text).is_err(), "{text}");
        }
    }

    #[test]
    fn decimals_are_canonical() {
        for (text, canonical) in
            [("0.010", "0.01"), ("+007", "7"), ("0.00", "0"), (".5", "0.5"), ("10", "10"), ("100.0", "100")]
        {
            assert_eq!(decimal(text, text).unwrap(), canonical, "{text}");
        }
        for text in ["", "-1", "1e5", "5.", ".", "+", "1,5", "1.2.3", "٣"] {
            assert!(decimal(text, text).is_err(), "{text}");
        }
    }
}
