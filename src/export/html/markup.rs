//! Text as HTML: escaped, and in tables.

/// A table under a heading, whose cells behind the first are numbers; nothing without rows.
pub(super) fn table(title: &str, head: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let number = |n: usize| if n > 0 { " class=n" } else { "" };
    let head: String =
        head.iter().enumerate().map(|(n, cell)| format!("<th{}>{cell}</th>", number(n))).collect();
    let line = |row: &Vec<String>| {
        let cells: String = (row.iter().enumerate())
            .map(|(n, cell)| format!("<td{}>{}</td>", number(n), escape(cell)))
            .collect();
        format!("<tr>{cells}</tr>\n")
    };
    let rows: String = rows.iter().map(line).collect();
    format!("<h2>{title}</h2><div class=scroll><table><tr>{head}</tr>\n{rows}</table></div>\n")
}

/// Text for HTML; control and bidirectional characters are shown, not obeyed.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            _ => out.push_str(&crate::error::printable(c.encode_utf8(&mut [0; 4]))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_of_a_text_is_markup() {
        assert_eq!(escape("<b a='1'>\"&\u{202e}"), "&lt;b a=&#39;1&#39;&gt;&quot;&amp;\\u{202e}");
    }
}
