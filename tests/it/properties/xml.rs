//! Rows as XML that reads back as the same bytes.

use std::fmt::Write;

/// One `<r>` element in one line; an absent value has no element.
pub fn row<'a>(cells: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> String {
    let mut out = String::from("<r>");
    for (name, value) in cells {
        let Some(value) = value else { continue };
        let _ = write!(out, "<{name}>{}</{name}>", escape(value));
    }
    out.push_str("</r>\n");
    out
}

pub fn document(rows: &[String]) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rows>\n{}</rows>\n", rows.concat())
}

fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A parser would make a line feed of a carriage return; and the row shall stay in its line.
            c if c.is_control() => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}
