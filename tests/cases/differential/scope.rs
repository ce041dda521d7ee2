//! A scope of ours that hangs on theirs: `{theirs}` in `[ours] where` or in the query.

use super::{
    column::{Column, Rule},
    domain::Domain,
    native::Form,
    ours,
    schema::{Kind, Schema},
    sides::Ours,
    value::{Cell, Value},
};
use crate::support::{Kind as Server, random::Random};

/// Over one column.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// Its value is one of theirs.
    Among(usize),
    /// It lies between the least and the greatest of theirs.
    Between(usize),
}

/// What theirs says, once it is staged.
pub struct Covered<'a> {
    scope: Scope,
    values: Vec<&'a Value>,
}

/// A scope that every database can tell exactly.
pub fn drawn(random: &mut Random, columns: &[Column]) -> Option<Scope> {
    let all = (0..columns.len()).filter(|&n| columns[n].asked());
    let (texts, others): (Vec<usize>, Vec<usize>) = all
        .filter(|&n| exact_text(&columns[n]) || ordered(&columns[n]))
        .partition(|&n| exact_text(&columns[n]));
    let between = !others.is_empty() && random.chance(30);
    let among =
        if others.is_empty() || (!texts.is_empty() && random.chance(40)) { texts } else { others.clone() };
    if between {
        return Some(Scope::Between(random.pick(&others)));
    }
    (!among.is_empty()).then(|| Scope::Among(random.pick(&among)))
}

fn exact_text(column: &Column) -> bool {
    column.kind == Kind::Text
        && column.native.form == Form::Text
        && matches!(column.native.domain, Domain::Text { .. })
}

/// Numbers and days that are such on every database. The embedded one's have 15 digits, so theirs must not lie
/// at the limit of a tolerance, where they have more.
fn ordered(column: &Column) -> bool {
    let number = column.adds_up()
        && column.rule == Rule::Exact
        && matches!(column.native.form, Form::Number | Form::Hundredths);
    let day = column.kind == Kind::Date && column.native.form == Form::Day;
    (number && column.native.types[0] != "text") || day
}

/// The condition, as a feed's author would write it for one database.
pub fn condition(schema: &Schema, scope: Scope, server: Server) -> String {
    let (Scope::Among(n) | Scope::Between(n)) = scope;
    let column = &schema.columns[n];
    let (ours, theirs) = (ours::quote(server, &column.ours), ours::quote(server, &column.name));
    let [ours, theirs] = if exact_text(column) {
        [exact(server, &ours), exact(server, &theirs)]
    } else if column.native.form == Form::Hundredths {
        [format!("{ours} / 100.0"), theirs]
    } else if column.native.sql_type(server) == "money" {
        [format!("CAST({ours} AS numeric)"), theirs]
    } else {
        [ours, theirs]
    };
    match scope {
        Scope::Among(_) => format!("{ours} IN (SELECT {theirs} FROM {{theirs}})"),
        Scope::Between(_) => format!(
            "{ours} BETWEEN (SELECT min({theirs}) FROM {{theirs}} t) AND (SELECT max({theirs}) FROM {{theirs}})"
        ),
    }
}

/// A text without the collation of its column.
fn exact(server: Server, text: &str) -> String {
    match server {
        Server::Sqlite => format!("{text} COLLATE BINARY"),
        Server::Postgres => format!("{text} COLLATE \"C\""),
        Server::MySql | Server::MariaDb => format!("CAST(CONVERT({text} USING utf8mb4) AS binary)"),
    }
}

impl<'a> Covered<'a> {
    /// By the rows of theirs that are staged.
    pub fn new(scope: Scope, staged: impl Iterator<Item = &'a [Cell]>) -> Self {
        let (Scope::Among(n) | Scope::Between(n)) = scope;
        Self { scope, values: staged.filter_map(|cells| cells[n].as_ref()).collect() }
    }

    /// Whether a row of ours is within; no value never is.
    pub fn holds(&self, row: &Ours) -> bool {
        let (Scope::Among(n) | Scope::Between(n)) = self.scope;
        let Some(value) = &row.cells[n] else { return false };
        match self.scope {
            Scope::Among(_) => self.values.contains(&value),
            Scope::Between(_) => {
                self.values.iter().any(|theirs| no_more(theirs, value))
                    && self.values.iter().any(|theirs| no_more(value, theirs))
            }
        }
    }
}

/// Whether a value is less than another or the same.
fn no_more(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let scale = one.fraction.len().max(other.fraction.len());
            one.units(scale).expect("a short number") <= other.units(scale).expect("a short number")
        }
        (Value::Day(one), Value::Day(other)) => one <= other,
        _ => unreachable!("a scope lies between numbers or days"),
    }
}
