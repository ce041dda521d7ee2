//! Where generated SQL breaks its lines, so that a person can read it on one screen.

/// No line is longer, where it can be broken at all.
const WIDTH: usize = 158;

/// Words that begin a line rather than end one.
const BEGIN: [&str; 7] = ["AND", "OR", "WHEN", "THEN", "ELSE", "FROM", "||"];

/// Where in its line, and how far in from the left, a statement goes on.
#[derive(Debug, Default, Clone, Copy)]
pub struct Cursor {
    column: usize,
    indent: usize,
}

impl Cursor {
    /// Goes on behind this text.
    pub fn pass(&mut self, sql: &str) {
        if let Some((_, line)) = sql.rsplit_once('\n') {
            *self = Self { column: 0, indent: indent(line) };
        }
        self.column += sql.chars().rev().take_while(|c| *c != '\n').count();
    }

    /// The text with its lines broken at spaces outside quotes, the rest of each further in.
    pub fn folded(self, sql: &str) -> String {
        folded(sql, self.column, self.indent)
    }
}

/// Items with commas between them, as many a line as fit; `next` begins each next line. No item is broken.
pub fn listed(items: &[String], next: &str) -> String {
    let mut out = String::new();
    let mut column = next.len();
    for (n, item) in items.iter().enumerate() {
        let width = item.chars().count() + 2;
        if n > 0 && column + width > WIDTH {
            out.push(',');
            out.push_str(next);
            column = next.len();
        } else if n > 0 {
            out.push_str(", ");
        }
        out.push_str(item);
        column += width;
    }
    out
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|c| *c == ' ').count()
}

fn folded(sql: &str, column: usize, first_indent: usize) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut room = WIDTH.saturating_sub(column);
    for (n, line) in sql.split_inclusive('\n').enumerate() {
        let mut indent = first_indent + 4;
        if n > 0 {
            (room, indent) = (WIDTH, self::indent(line) + 4);
        }
        let mut rest = line;
        while rest.chars().nth(room).is_some() {
            let Some(at) = break_before(rest, room) else { break };
            out.push_str(rest[..at].trim_end());
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            rest = rest[at..].trim_start();
            room = WIDTH.saturating_sub(indent);
        }
        out.push_str(rest);
    }
    out
}

/// The last place within the room before which a line may end: best before a word of `BEGIN`, not too early though.
/// Where nothing fits, the first place behind it.
fn break_before(line: &str, room: usize) -> Option<usize> {
    let (mut plain, mut good) = (None, None);
    let mut quote = None;
    for (column, (at, c)) in line.char_indices().enumerate() {
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
            None if c == ' ' && at > 0 => {
                if column > room && plain.is_some() {
                    break;
                }
                let next = &line[at + 1..];
                if column > room / 2 && BEGIN.iter().any(|word| next.split(' ').next() == Some(word)) {
                    good = Some(at + 1);
                }
                // A line of spaces only is none.
                if !line[..at].trim().is_empty() {
                    plain = Some(at + 1);
                }
            }
            _ => {}
        }
    }
    good.or(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_before_a_word_and_never_inside_quotes() {
        let quoted = "'' AND ".repeat(17);
        let sql = format!("CASE WHEN x = '{quoted}' AND \"a  b\" = 1 THEN '' ELSE y END");
        let expected = format!("CASE WHEN x = '{quoted}'\n        AND \"a  b\" = 1 THEN '' ELSE y END");
        assert_eq!(folded(&sql, 10, 4), expected);
    }

    #[test]
    fn nothing_but_spaces_becomes_a_line_break() {
        let fields: Vec<String> = (0..60).map(|n| format!("COALESCE(o.\"column {n}\", '')")).collect();
        let sql = fields.join(" || chr(31) || ");
        let lines = folded(&sql, 30, 3);
        assert!(lines.lines().all(|line| line.chars().count() <= WIDTH), "{lines}");
        assert!(lines.lines().skip(1).all(|line| line.starts_with("       || ")), "{lines}");
        assert_eq!(lines.lines().map(str::trim).collect::<Vec<_>>().join(" "), sql);
        assert_eq!(folded("short", 3, 3), "short");
    }

    #[test]
    fn what_has_no_spaces_stays() {
        let long = "x".repeat(300);
        assert_eq!(folded(&long, 0, 4), long);
    }
}
