//! `[[sequence]]` and `[[continuity]]`: values by which one statement follows another one, over files and runs.

use super::{
    Absent, Sign,
    path::{Path, RowPath},
    sign::sign,
    table::KnownTable,
};

pub(super) const SEQUENCE: &[&str] = &[
    "name",
    "per",
    "path",
    "by",
    "part",
    "first",
    "last",
    "date",
    "resets",
    "repeats",
    "on_failure",
    "on_absent",
];
pub(super) const CONTINUITY: &[&str] = &[
    "name",
    "per",
    "explode",
    "opening",
    "closing",
    "sign",
    "by",
    "number",
    "part",
    "date",
    "on_failure",
    "on_absent",
];

/// One `[[sequence]]` or `[[continuity]]`. Every list of paths is that of alternatives, empty where the feed has none;
/// all of them are relative to `per`.
#[derive(Debug, Clone)]
pub struct Succession {
    /// Its name in the summary, and in sentences: `electronic sequence number 98 is missing`.
    pub name: String,
    /// The element that follows another one: a statement.
    pub per: RowPath,
    /// The elements within it that hold its values, one by one: balances.
    pub explode: Option<RowPath>,
    /// What follows within what: name and paths, such as the account, in the feed's order.
    pub by: Vec<(String, Vec<Path>)>,
    /// The number of the element.
    pub number: Vec<Path>,
    /// Which part of the element it is, where one is split: the page.
    pub part: Vec<Path>,
    /// The element's day.
    pub date: Vec<Path>,
    /// What must follow.
    pub rule: SuccessionRule,
    /// A failure ends the run before its commit; otherwise it is a warning.
    pub refuse: bool,
    /// What it means that there is nothing to check.
    pub absent: Absent,
}

/// What must follow.
#[derive(Debug, Clone)]
pub enum SuccessionRule {
    /// The next number.
    Sequence {
        /// Present in the element whose number is the first one; without it any number may be.
        first: Vec<Path>,
        /// Present in the element whose number is the last one; without it there is none.
        last: Vec<Path>,
        /// A new year may begin with 1 again.
        yearly: bool,
        /// A number may come twice.
        repeats: bool,
    },
    /// The opening amount is the closing one before.
    Continuity {
        /// Where it stands.
        opening: Vec<Path>,
        /// Where it stands.
        closing: Vec<Path>,
        /// Makes either negative; its paths are relative to `per`.
        sign: Option<Sign>,
    },
}

impl Succession {
    /// The table that it is written as.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.rule {
            SuccessionRule::Sequence { .. } => "sequence",
            SuccessionRule::Continuity { .. } => "continuity",
        }
    }
}

/// Reads one `[[sequence]]`.
pub(super) fn sequence(table: &KnownTable<'_>) -> Option<Succession> {
    table.require("path", "say where the number stands");
    let number = table.paths("path");
    let yearly = table.choice("resets", &[("year", true)]).unwrap_or(false);
    if yearly {
        table.require("date", "with resets = \"year\", say where the day of the element stands");
    }
    let rule = SuccessionRule::Sequence {
        first: optional(table, "first")?,
        last: optional(table, "last")?,
        yearly,
        repeats: table.choice("repeats", &[("refuse", false), ("accept", true)]).unwrap_or(false),
    };
    read(table, rule, number)
}

/// Reads one `[[continuity]]`.
pub(super) fn continuity(table: &KnownTable<'_>) -> Option<Succession> {
    table.require("opening", "say where the amount stands that must equal the closing one before");
    table.require("closing", "say where the amount stands that the next opening one must equal");
    let (opening, closing) = (table.paths("opening"), table.paths("closing"));
    let rule = SuccessionRule::Continuity { opening: opening?, closing: closing?, sign: sign(table) };
    let number = optional(table, "number");
    read(table, rule, number)
}

fn read(table: &KnownTable<'_>, rule: SuccessionRule, number: Option<Vec<Path>>) -> Option<Succession> {
    table.require("name", "name what follows, like \"electronic sequence number\"");
    table.require("per", "name the element that follows another one, like \"BkToCstmrStmt/Stmt\"");
    let options = [("refuse", Absent::Refuse), ("warn", Absent::Warn), ("accept", Absent::Accept)];
    let (name, per) = (table.word("name"), table.row_path("per"));
    let explode = table.row_path("explode");
    let by = by(table);
    let (part, date) = (optional(table, "part"), optional(table, "date"));
    let refuse = table.choice("on_failure", &[("refuse", true), ("warn", false)]).unwrap_or(false);
    let absent = table.choice("on_absent", &options).unwrap_or_default();
    Some(Succession {
        name: name?.value,
        per: per?,
        explode,
        by,
        number: number?,
        part: part?,
        date: date?,
        rule,
        refuse,
        absent,
    })
}

/// Paths of a key that may be left out; `None` where they are wrong.
fn optional(table: &KnownTable<'_>, key: &str) -> Option<Vec<Path>> {
    if table.has(key) { table.paths(key) } else { Some(Vec::new()) }
}

/// `by = { account = "Acct/Id/IBAN" }`, in the order of the file.
fn by(table: &KnownTable<'_>) -> Vec<(String, Vec<Path>)> {
    let Some(by) = table.sub_table("by", "{ account = \"Acct/Id/IBAN\" }") else { return Vec::new() };
    let mut names: Vec<(usize, String)> =
        by.entries.keys().map(|key| (key.span().start, key.get_ref().to_string())).collect();
    names.sort_unstable();
    names.into_iter().filter_map(|(_, name)| Some((name.clone(), by.paths(&name)?))).collect()
}
