//! `[[xml.retraction]]`: records that take others back.

use super::{
    path::{Condition, Path},
    table::KnownTable,
};
use crate::model::FeedName;

pub(super) const RETRACTION: &[&str] = &["name", "where", "id", "of", "within", "effect", "unmet"];

/// Which records take another one of their file back.
#[derive(Debug, Clone)]
pub struct Retraction {
    /// The reason that the summary counts the records under.
    pub name: String,
    /// Which records do: a condition on the record.
    pub when: Condition,
    /// Where a record has its id; the first path with a value counts.
    pub id: Vec<Path>,
    /// Where such a record names the one that it takes back.
    pub of: Vec<Path>,
    /// What both must have the same value of, such as the account within which ids are unique; may be empty.
    pub within: Vec<Path>,
    /// What becomes of it.
    pub effect: Effect,
    /// A record that takes back what the file does not hold is bad; otherwise it is a row.
    pub must_meet: bool,
}

/// What becomes of a record that takes another one back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Neither of the two is a row.
    Cancel,
    /// It is a row instead of the other one.
    Replace,
}

/// All of one row set.
pub(super) fn retractions(tables: &[KnownTable<'_>]) -> Option<Vec<Retraction>> {
    let mut names: Vec<String> = Vec::new();
    let read = tables.iter().map(|table| {
        let retraction = retraction(table);
        if let Some(Retraction { name, .. }) = &retraction {
            if names.contains(name) {
                table.mistake("name", format!("`{name}` is another retraction's name too; rename one"));
            }
            names.push(name.clone());
        }
        retraction
    });
    // All are read before any failure counts, so that each mistake is noted.
    read.collect::<Vec<_>>().into_iter().collect()
}

fn retraction(table: &KnownTable<'_>) -> Option<Retraction> {
    table.require("name", "name the reason, like \"cancelled\"");
    table.require("where", "say which records take another one back, like \"@type = 'Cancel'\"");
    table.require("id", "say where a record has its id");
    table.require("of", "say where such a record names the one that it takes back");
    let name = table.word("name");
    if let Some(name) = name.as_ref().filter(|name| FeedName::parse(&name.value).is_none()) {
        let what = format!("`{}` is no name; use a-z, 0-9 and -", name.written);
        table.mistake_at(name.at, "name", what);
    }
    let (when, id, of) = (table.condition("where"), table.paths("id"), table.paths("of"));
    let within = if table.has("within") { table.paths("within") } else { Some(Vec::new()) };
    let effects = [("cancel", Effect::Cancel), ("replace", Effect::Replace)];
    let effect = table.choice("effect", &effects).unwrap_or(Effect::Cancel);
    let must_meet = table.choice("unmet", &[("refuse", true), ("row", false)]);
    let must_meet = must_meet.unwrap_or(effect == Effect::Cancel);
    Some(Retraction { name: name?.value, when: when?, id: id?, of: of?, within: within?, effect, must_meet })
}
