//! Our side: the inner SELECT with the feed's own expressions, its parameters and `{theirs}`.

use super::{
    Dialect, Locking, Piece, Statement, Value,
    layout::listed,
    template::{Token, tokens},
};
use crate::{
    error::{Code, Error, Place, Result},
    feed::{Feed, Ours, Relation},
    model::Parameters,
};

/// The names of the `:parameters` that the feed uses.
#[must_use]
pub fn parameter_names(feed: &Feed) -> Vec<String> {
    fragments_of(feed)
        .into_iter()
        .flat_map(tokens)
        .filter_map(|token| if let Token::Name(name) = token { Some(name.to_owned()) } else { None })
        .collect()
}

/// What theirs gives to ours: the staged rows, and with them a row per element in which rows could stand and none does.
const THEIRS: &str = "theirs";
/// The staged rows alone.
const ROWS: &str = "theirs.rows";

/// Whether ours reads theirs, which is there once the work tables are.
#[must_use]
pub fn reads_theirs(feed: &Feed) -> bool {
    fragments_of(feed).into_iter().any(has_theirs)
}

/// Whether ours reads the elements without rows, too: nobody takes them otherwise.
#[must_use]
pub fn reads_parents(feed: &Feed) -> bool {
    fragments_of(feed).into_iter().any(|sql| tokens(sql).contains(&Token::Hole(THEIRS)))
}

fn has_theirs(sql: &str) -> bool {
    tokens(sql).iter().any(|token| matches!(token, Token::Hole(THEIRS | ROWS)))
}

/// The work tables that ours may read.
#[derive(Debug, Clone, Copy)]
pub struct Theirs<'a> {
    /// The staged rows.
    pub stage: &'a str,
    /// Elements without rows.
    pub parents: Option<&'a str>,
}

/// The SQL that the feed says of ours as a whole.
fn fragments_of(feed: &Feed) -> Vec<&str> {
    let Some(ours) = &feed.ours else { return Vec::new() };
    let query = match &ours.relation {
        Relation::Query(query) => Some(query.as_str()),
        Relation::Table(_) => None,
    };
    query.into_iter().chain(ours.filter.as_deref()).collect()
}

/// Whether the feed has an [ours] and each of its `:parameters` a value.
///
/// # Errors
/// `Usage` where not.
pub fn check_parameters(feed: &Feed, parameters: &Parameters) -> Result<()> {
    our_side(feed)?;
    parameter_names(feed).iter().try_for_each(|name| given(feed, parameters, name).map(drop))
}

fn our_side(feed: &Feed) -> Result<&Ours> {
    feed.ours.as_ref().ok_or_else(|| {
        Error::new(Code::NoOurs, "the feed has no [ours]").at(Place::file(&feed.file.display().to_string()))
    })
}

fn given<'p>(feed: &Feed, parameters: &'p Parameters, name: &str) -> Result<&'p String> {
    parameters.values.get(name).ok_or_else(|| {
        Error::new(Code::NoParameter, format!("[ours] uses :{name}, which has no value"))
            .at(Place::file(&feed.file.display().to_string()))
            .with_hint(format!("give it one: --set {name}=VALUE"))
    })
}

/// `SELECT <expressions> FROM <ours> WHERE <where>`, with the feed's columns under their own names.
///
/// # Errors
/// `Usage` where a `:parameter` has no value.
pub fn select(
    dialect: Dialect,
    feed: &Feed,
    theirs: Theirs<'_>,
    parameters: &Parameters,
) -> Result<Vec<Piece>> {
    let ours = our_side(feed)?;
    let columns: Vec<String> = (feed.columns.iter())
        .filter(|column| ours.asks(column))
        .map(|column| {
            let name = dialect.quote(&column.name);
            let expression = ours.expressions.get(&column.name).unwrap_or(&name);
            format!("{expression} AS {name}")
        })
        .collect();
    let mut fragments = Fragments { dialect, feed, theirs, parameters, used: 0 };
    let mut pieces =
        vec![Piece::Sql(format!("        SELECT {}\n        FROM ", listed(&columns, "\n               ")))];
    match &ours.relation {
        Relation::Table(parts) => {
            let name: Vec<String> = parts.iter().map(|part| dialect.quote(part)).collect();
            pieces.push(Piece::Sql(name.join(".")));
        }
        Relation::Query(query) => {
            pieces.push(Piece::Sql("(\n".into()));
            pieces.extend(fragments.pieces(query.trim().trim_end_matches(';'))?);
            pieces.push(Piece::Sql("\n        ) AS ours_query".into()));
        }
    }
    if let Some(filter) = &ours.filter {
        pieces.push(Piece::Sql("\n        WHERE (".into()));
        pieces.extend(fragments.pieces(filter)?);
        // A line of its own: the feed's text may end in a comment.
        pieces.push(Piece::Sql("\n        )".into()));
    }
    Ok(pieces)
}

/// The feed's condition on ours with its parameters as literals, for `corrections.sql`; `None` where it reads
/// the staged rows, which are gone by then.
///
/// # Errors
/// `Usage` where a parameter has no value.
pub fn scope(dialect: Dialect, feed: &Feed, filter: &str, parameters: &Parameters) -> Result<Option<String>> {
    if has_theirs(filter) {
        return Ok(None);
    }
    let theirs = Theirs { stage: "", parents: None };
    let mut fragments = Fragments { dialect, feed, theirs, parameters, used: 0 };
    Ok(Some(Statement::new("scope", Locking::Printed, fragments.pieces(filter)?).pasted(dialect)))
}

struct Fragments<'a> {
    dialect: Dialect,
    feed: &'a Feed,
    theirs: Theirs<'a>,
    parameters: &'a Parameters,
    used: usize,
}

impl Fragments<'_> {
    fn pieces(&mut self, sql: &str) -> Result<Vec<Piece>> {
        let tokens = tokens(sql);
        let mut pieces = Vec::new();
        for (n, token) in tokens.iter().enumerate() {
            match token {
                Token::Hole(hole @ (THEIRS | ROWS)) => {
                    let next = tokens.get(n + 1);
                    let parents = self.theirs.parents.filter(|_| *hole == THEIRS);
                    let theirs = Theirs { parents, ..self.theirs };
                    pieces.push(Piece::Sql(relation(self.dialect, self.feed, theirs)));
                    if !has_alias(next) {
                        pieces.push(Piece::Sql(" AS theirs".into()));
                    }
                }
                Token::Hole(other) => pieces.push(Piece::Sql(format!("{{{other}}}"))),
                Token::Text(text) => pieces.push(Piece::Sql((*text).to_owned())),
                Token::Name(name) => pieces.push(self.parameter(name)?),
            }
        }
        Ok(pieces)
    }

    fn parameter(&mut self, name: &str) -> Result<Piece> {
        let value = given(self.feed, self.parameters, name)?;
        let cast = self.parameters.casts.get(self.used).cloned();
        self.used += 1;
        Ok(Piece::Bind { value: Value::Text(value.clone()), cast })
    }
}

/// The text after `{theirs}` begins with an alias of the feed's own.
fn has_alias(next: Option<&Token<'_>>) -> bool {
    const KEYWORDS: [&str; 17] = [
        "where",
        "on",
        "join",
        "inner",
        "left",
        "right",
        "full",
        "cross",
        "natural",
        "group",
        "order",
        "union",
        "except",
        "intersect",
        "limit",
        "having",
        "using",
    ];
    let Some(Token::Text(text)) = next else { return false };
    let word: String =
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '"').collect();
    !word.is_empty() && !KEYWORDS.contains(&word.to_lowercase().as_str())
}

/// Theirs under the columns' names and types.
fn relation(dialect: Dialect, feed: &Feed, theirs: Theirs<'_>) -> String {
    let columns: Vec<String> = feed
        .columns
        .iter()
        .map(|c| {
            let value = format!("NULLIF({}, '')", dialect.quote(&c.name));
            format!("{} AS {}", dialect.typed(&c.kind, &value), dialect.quote(&c.name))
        })
        .collect();
    let columns = columns.join(", ");
    let select = |table| format!("SELECT {columns} FROM {table}");
    let parents = theirs.parents.map(|table| format!(" UNION ALL {}", select(table)));
    format!("({}{})", select(theirs.stage), parents.unwrap_or_default())
}
