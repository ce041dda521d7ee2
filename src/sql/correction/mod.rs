//! The statements of `corrections.sql` and its undo: what would make ours equal theirs.
//!
//! tieout executes none of this. Every statement of a change names the old values of ours, is followed by a check that it
//! met exactly one row, and, where it writes, by a check that ours now shows the new canonical texts.

mod guard;
mod scope;
mod script;
mod value;

pub use script::Script;

use super::Dialect;
use crate::{feed::Kind, model::OurTable};
use scope::is_one_condition;
use value::obstacle;

/// A column of the feed, as far as a script asks.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type.
    pub kind: Kind,
    /// Part of the key.
    pub key: bool,
    /// Takes part in the verdict.
    pub compared: bool,
    /// Pairs that differ in it.
    pub mismatched: u64,
}

/// Why the breaks of a run cannot be corrected; `None` where they can. All of them or none: `added` says that whole
/// rows are inserted, by the script or by its undo.
#[must_use]
pub fn refusal(dialect: Dialect, table: &OurTable, fields: &[Field<'_>], added: bool) -> Option<String> {
    if table.scope.as_ref().is_some_and(|scope| !is_one_condition(dialect, scope)) {
        return Some(
            "[ours] where holds what may end a statement: `;`, `\\`, `$`, or a comment with quotes".into(),
        );
    }
    if table.columns.len() != fields.len() {
        return Some("what the ledger says of ours is of other columns".into());
    }
    for (n, field) in fields.iter().enumerate() {
        let written = field.compared && (added || field.mismatched > 0);
        if !written && !field.key {
            continue;
        }
        let name = crate::error::printable(field.name);
        let Some(ours) = &table.columns[n] else {
            return Some(format!(
                "column {name}: [ours.columns] computes it, so there is no column to write"
            ));
        };
        if let Some(why) = written.then(|| obstacle(dialect, &field.kind, ours)).flatten() {
            return Some(format!("column {name}: {why}"));
        }
        if (ours.generated || ours.identity) && field.mismatched > 0 {
            return Some(format!("column {name}: the database computes the column of ours"));
        }
        let twice = (0..n).find(|&m| {
            fields[m].compared && table.columns[m].as_ref().is_some_and(|other| other.name == ours.name)
        });
        if let Some(m) = twice {
            let other = crate::error::printable(fields[m].name);
            return Some(format!("columns {other} and {name} are the same column of ours"));
        }
    }
    None
}
