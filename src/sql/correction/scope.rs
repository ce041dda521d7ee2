//! The condition on ours as it comes back from the ledger: text that a script holds as it is. Only what is surely one
//! condition, however server and client read it, gets into a script that a person runs.

use super::super::Dialect;

/// Whether the text can be nothing but one condition: quotes and parentheses close, nothing ends the statement, nothing is
/// a command of a client, and no comment hides where a text ends. Some conditions of this kind look otherwise, too.
pub fn is_one_condition(dialect: Dialect, text: &str) -> bool {
    let mut rest = text.chars().peekable();
    let (mut quote, mut depth, mut comment) = (None, 0_u32, false);
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        match (quote, c) {
            // Servers differ in whether the quote after it ends the text.
            (Some(_), '\\') if matches!(next, Some('\'' | '"' | '`')) => return false,
            (Some(open), _) => quote = (c != open).then_some(open),
            (None, '\n') => comment = false,
            (None, '\'' | '"' | '(' | ')') if comment => return false,
            (None, '\'' | '"') => quote = Some(c),
            (None, '`') if dialect.mysql_family() && !comment => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') if depth == 0 => return false,
            (None, ')') => depth -= 1,
            (None, '-') if next == Some('-') => comment = true,
            (None, '#') if dialect.mysql_family() => comment = true,
            (None, '/') if next == Some('*') => return false,
            // `;`, `\!`, `$$…$$`, `[…]` of SQLite.
            (None, ';' | '\\' | '$' | '`') => return false,
            (None, '[') if dialect == Dialect::Sqlite => return false,
            (None, c) if c.is_control() && !matches!(c, '\t' | '\r') => return false,
            _ => {}
        }
    }
    quote.is_none() && depth == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Dialect; 4] = [Dialect::Postgres, Dialect::MySql, Dialect::MariaDb, Dialect::Sqlite];

    #[test]
    fn conditions_are_conditions() {
        for text in [
            "book = 'main' -- ours",
            "day >= '2026-01-01' and (amount <> 0 or note like '%;%')",
            "ref ~ '^\\d+$'",
            "note = 'it''s; (' and \"odd;name\" = 1",
            "a - -1 > 0\n  and b = 2 -- the book, not all of it\n",
        ] {
            assert!(ALL.iter().all(|dialect| is_one_condition(*dialect, text)), "{text}");
        }
        assert!(is_one_condition(Dialect::MySql, "`odd;name` = 1 # ours"));
        assert!(is_one_condition(Dialect::Postgres, "tags[1] = 'a' and data #>> '{a}' = 'b'"));
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            "1 = 1); DROP TABLE ours; --",
            "1 = 1\n\\! id",
            "1 = 1) OR (1 = 1",
            "a = 'open",
            "a = '\\' ; \\! id '",
            "a = '\\'' ; DROP TABLE ours; -- '",
            "$$'$$ ; \\! id '",
            "a = 1 -- '\n; \\! id '",
            "a = 1 -- (\n) OR (1 = 1 -- )",
            "/*! 1 */ = 1",
            "(a = 1",
            "a = 1;",
            "a = \u{1b}",
        ] {
            assert!(ALL.iter().all(|dialect| !is_one_condition(*dialect, text)), "{text}");
        }
        assert!(!is_one_condition(Dialect::Sqlite, "[']; .shell id '] = 1"));
        assert!(!is_one_condition(Dialect::Postgres, "` ' ` = 1"));
    }
}
