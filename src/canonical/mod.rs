//! Canonical text: the one way each type's value is written, so that equal values are equal bytes.
//!
//! Pure functions that append to a buffer. They know no column and no file; the reason they return
//! completes the sentence "the value …".

pub mod number;
pub mod time;

use std::borrow::Cow;

/// Why a text is not a value of its type.
pub type Refusal = Cow<'static, str>;

/// Appends `0` or `1` for the words that `type = "boolean"` knows, in any letter case.
///
/// # Errors
/// The text is none of those words.
pub fn boolean(text: &str, out: &mut Vec<u8>) -> Result<(), Refusal> {
    const TRUE: [&str; 5] = ["true", "t", "yes", "y", "1"];
    const FALSE: [&str; 5] = ["false", "f", "no", "n", "0"];
    if TRUE.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        out.push(b'1');
    } else if FALSE.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        out.push(b'0');
    } else {
        return Err("is not a boolean (true/false, t/f, yes/no, y/n, 1/0)".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_in_any_case() {
        for (text, expected) in
            [("TRUE", "1"), ("y", "1"), ("Yes", "1"), ("1", "1"), ("F", "0"), ("no", "0"), ("0", "0")]
        {
            let mut out = Vec::new();
            boolean(text, &mut out).unwrap();
            assert_eq!(out, expected.as_bytes(), "{text}");
        }
        for text in ["", "on", "2", "ja", "truer"] {
            assert!(boolean(text, &mut Vec::new()).is_err(), "{text}");
        }
    }
}
