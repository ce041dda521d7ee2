//! Fills a template's `{holes}` and `:names`.

use super::{Dialect, Locking, Piece, Statement, Value, layout::Cursor};
use std::collections::HashMap;

/// A file under `sql/`: one whole statement with `{holes}` and `:names`.
#[derive(Debug, Clone, Copy)]
pub struct Template {
    /// Its folder: a dialect's own, or `any`.
    pub folder: &'static str,
    /// Its name without the ending, by which messages call the statement.
    pub name: &'static str,
    /// What it holds.
    pub text: &'static str,
    /// What it locks.
    pub locking: Locking,
}

/// The template of that name that every dialect has (`template!("drop")`), that one folder has
/// (`template!("mysql"/"label")`), or that each dialect has a form of (`template!(dialect, "join")`).
/// A file that is not there does not compile, nor one of which nobody says what it locks.
macro_rules! template {
    ($name:literal) => {
        template!("any" / $name)
    };
    ($folder:literal / $name:literal) => {
        $crate::sql::template::Template {
            folder: $folder,
            name: $name,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/", $folder, "/", $name, ".sql")),
            locking: const { $crate::sql::locking::of($name) },
        }
    };
    ($dialect:expr, $name:literal) => {
        match $dialect {
            Dialect::Postgres => template!("postgres" / $name),
            Dialect::MySql | Dialect::MariaDb => template!("mysql" / $name),
            Dialect::Sqlite => template!("sqlite" / $name),
        }
    };
}
pub(super) use template;

/// What goes into a hole.
enum Filling {
    /// SQL of our own making, whose lines may be broken at spaces outside quotes.
    Generated(String),
    /// What stays as it is: it may be the feed's own text, with comments in it.
    Verbatim(Vec<Piece>),
}

/// What goes into a template.
#[derive(Default)]
pub struct Fill<'a> {
    holes: HashMap<&'a str, Filling>,
    values: HashMap<&'a str, Value>,
}

impl<'a> Fill<'a> {
    /// Generated SQL for a hole.
    pub fn sql(mut self, hole: &'a str, text: impl Into<String>) -> Self {
        self.holes.insert(hole, Filling::Generated(text.into()));
        self
    }
    /// Pieces for a hole, verbatim.
    pub fn pieces(mut self, hole: &'a str, pieces: Vec<Piece>) -> Self {
        self.holes.insert(hole, Filling::Verbatim(pieces));
        self
    }
    /// A bound value.
    pub fn value(mut self, name: &'a str, value: impl Into<Value>) -> Self {
        self.values.insert(name, value.into());
        self
    }

    /// The finished statement.
    ///
    /// # Panics
    /// Where the template has a hole or a name that was not given: `sql::tests` renders every template as the program
    /// does, so that no such template leaves the house.
    pub fn render(self, dialect: Dialect, template: Template) -> Statement {
        let Template { folder, name, text, locking } = template;
        #[cfg(test)]
        rendered::note(template, self.holes.keys().chain(self.values.keys()).map(ToString::to_string));
        let mut pieces = Vec::new();
        let mut cursor = Cursor::default();
        for token in tokens(text.trim_end()) {
            let begin = pieces.len();
            match token {
                Token::Text(text) => pieces.push(Piece::Sql(text.to_owned())),
                Token::Hole("text") => pieces.push(Piece::Sql(dialect.text_type().into())),
                Token::Hole(hole) => match self.holes.get(hole) {
                    Some(Filling::Generated(sql)) => pieces.push(Piece::Sql(cursor.folded(sql))),
                    Some(Filling::Verbatim(filling)) => pieces.extend(filling.iter().cloned()),
                    None => {
                        panic!(
                            "sql/{folder}/{name}.sql has the hole {{{hole}}}, which its caller fills: sql::tests"
                        )
                    }
                },
                Token::Name(bound) => match self.values.get(bound) {
                    Some(value) => pieces.push(Piece::Bind { value: value.clone(), cast: None }),
                    None => {
                        panic!(
                            "sql/{folder}/{name}.sql has the name :{bound}, which its caller binds: sql::tests"
                        )
                    }
                },
            }
            for piece in &pieces[begin..] {
                if let Piece::Sql(text) = piece {
                    cursor.pass(text);
                }
            }
        }
        Statement::new(name, locking, pieces)
    }
}

/// What tests rendered in this thread, for the test over all templates.
#[cfg(test)]
pub mod rendered {
    use super::{Template, Token, tokens};
    use std::{cell::RefCell, collections::BTreeSet};

    /// One rendering.
    pub struct Rendered {
        /// Of this template …
        pub template: Template,
        /// … given these holes and names.
        pub given: BTreeSet<String>,
    }

    impl Rendered {
        /// The holes and names that the template has.
        pub fn asked(&self) -> BTreeSet<String> {
            let name = |token| match token {
                Token::Hole(name) | Token::Name(name) => Some(name.to_owned()),
                Token::Text(_) => None,
            };
            tokens(self.template.text).into_iter().filter_map(name).collect()
        }
    }

    thread_local! { static ALL: RefCell<Vec<Rendered>> = const { RefCell::new(Vec::new()) }; }

    /// A template is rendered.
    pub fn note(template: Template, given: impl Iterator<Item = String>) {
        ALL.with_borrow_mut(|all| all.push(Rendered { template, given: given.collect() }));
    }

    /// All of them since the last time.
    pub fn take() -> Vec<Rendered> {
        ALL.take()
    }
}

/// A part of SQL text as tieout sees it.
#[derive(Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// Anything else.
    Text(&'a str),
    /// `{hole}`.
    Hole(&'a str),
    /// `:name`.
    Name(&'a str),
}

/// Splits SQL at `{holes}` and `:names`, outside quotes and comments; `::` is a cast, not a name.
pub fn tokens(sql: &str) -> Vec<Token<'_>> {
    let bytes = sql.as_bytes();
    let mut tokens = Vec::new();
    let (mut at, mut begin) = (0, 0);
    while at < bytes.len() {
        let token = match bytes[at] {
            quote @ (b'\'' | b'"' | b'`') => {
                at = end_of_quoted(bytes, at, quote);
                continue;
            }
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                at += bytes[at..].iter().position(|&b| b == b'\n').unwrap_or(bytes.len() - at);
                continue;
            }
            b':' if bytes.get(at + 1) == Some(&b':') => {
                at += 2;
                continue;
            }
            b':' => word(sql, at + 1).map(|end| (Token::Name(&sql[at + 1..end]), end)),
            b'{' => hole(sql, at + 1)
                .filter(|&end| bytes.get(end) == Some(&b'}'))
                .map(|end| (Token::Hole(&sql[at + 1..end]), end + 1)),
            _ => None,
        };
        let Some((token, end)) = token else {
            at += 1;
            continue;
        };
        if begin < at {
            tokens.push(Token::Text(&sql[begin..at]));
        }
        tokens.push(token);
        (at, begin) = (end, end);
    }
    if begin < bytes.len() {
        tokens.push(Token::Text(&sql[begin..]));
    }
    tokens
}

fn end_of_quoted(bytes: &[u8], at: usize, quote: u8) -> usize {
    bytes[at + 1..].iter().position(|&b| b == quote).map_or(bytes.len(), |n| at + n + 2)
}

/// The end of a hole's name: words with dots between them.
fn hole(sql: &str, at: usize) -> Option<usize> {
    let end = word(sql, at)?;
    if sql.as_bytes().get(end) == Some(&b'.') { hole(sql, end + 1) } else { Some(end) }
}

fn word(sql: &str, at: usize) -> Option<usize> {
    let bytes = sql.as_bytes();
    let first = *bytes.get(at)?;
    if !(first.is_ascii_alphabetic() || first == b'_') {
        return None;
    }
    let length = bytes[at..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    Some(at + length)
}

#[cfg(test)]
mod tests {
    use super::{Token::*, *};
    use std::{fs, path::Path};

    #[test]
    fn every_encoding_of_a_database_has_the_letters_of_the_statements() {
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("sql")];
        folders.push(folders[0].with_file_name("migrations"));
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    assert!(fs::read(&path).expect("a file").is_ascii(), "{}", path.display());
                }
            }
        }
    }

    #[test]
    fn names_and_holes_outside_quotes_only() {
        assert_eq!(
            tokens("a = :from and b = ':no' -- :no\nand c::date in {theirs}"),
            [Text("a = "), Name("from"), Text(" and b = ':no' -- :no\nand c::date in "), Hole("theirs")]
        );
        assert_eq!(tokens("in {theirs.rows}"), [Text("in "), Hole("theirs.rows")]);
        assert_eq!(tokens("{a.} {.b} {a b}"), [Text("{a.} {.b} {a b}")]);
        assert_eq!(tokens("'it''s :x' || :y"), [Text("'it''s :x' || "), Name("y")]);
        assert_eq!(tokens("a[1:2] json '{x'"), [Text("a[1:2] json '{x'")]);
    }

    #[test]
    #[should_panic = "sql/any/x.sql has the hole {y}"]
    fn an_unfilled_hole_is_a_bug() {
        let _ = Fill::default().render(
            Dialect::Sqlite,
            Template { folder: "any", name: "x", text: "select {y}", locking: Locking::Printed },
        );
    }
}
