//! Third-party text in a terminal, a log or a file that a person may print.

use std::fmt::Write;

/// What a terminal obeys, or does not show: control characters, marks of direction, other invisible characters.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// `text` with control, bidirectional and other invisible characters escaped, so that third-party
/// text can stand in a terminal or a log.
#[must_use]
pub fn printable(text: &str) -> String {
    escaped(text, is_hidden, |c, out| out.extend(c.escape_unicode()))
}

/// The same with its line feeds and tabs as they are.
#[must_use]
pub fn printable_lines(text: &str) -> String {
    escaped(text, |c| is_hidden(c) && !matches!(c, '\n' | '\t'), |c, out| out.extend(c.escape_unicode()))
}

/// A JSON document with such characters escaped as JSON does, so that it means the same.
#[must_use]
pub fn printable_json(json: &str) -> String {
    // Outside of texts there are no others than line feeds.
    escaped(
        json,
        |c| is_hidden(c) && c != '\n',
        |c, out| {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        },
    )
}

fn escaped(text: &str, which: impl Fn(char) -> bool, escape: impl Fn(char, &mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if which(c) { escape(c, &mut out) } else { out.push(c) }
    }
    out
}

/// Third-party text for a message: escaped, and cut after 80 characters.
#[must_use]
pub fn excerpt(text: &str) -> String {
    let mut shown: String = text.chars().take(80).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    printable(&shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_hostile_text_is_cut_and_escaped() {
        assert_eq!(excerpt("a\u{1b}[31m"), "a\\u{1b}[31m");
        assert_eq!(excerpt(&"é".repeat(81)).chars().count(), 81);
        assert_eq!(excerpt("short"), "short");
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        let hostile = "\u{1b}]0;x\u{7}\u{9b}31m\u{7f}\u{85}\u{2028}\u{202e}\u{61c}\u{2066}\u{feff}\u{e0041}";
        for shown in [printable(hostile), printable_lines(hostile), printable_json(hostile)] {
            assert!(!shown.chars().any(is_hidden), "{shown:?}");
        }
        assert_eq!(printable("a\n\tb"), "a\\u{a}\\u{9}b");
        assert_eq!(printable_lines("a\n\tb\r"), "a\n\tb\\u{d}");
        let json = serde_json::to_string_pretty(&[hostile, "é \\ \" ก็"]).unwrap();
        let read: Vec<String> = serde_json::from_str(&printable_json(&json)).unwrap();
        assert_eq!(read, [hostile, "é \\ \" ก็"]);
    }
}
