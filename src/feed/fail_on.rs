//! `[fail_on]`: what of a day that is not clean makes the exit status 1. The verdict does not ask it.

use super::{Column, Feed, Kind, mistakes::advice, table::KnownTable, units};

pub(super) const FAIL_ON: &[&str] = &["breaks", "rejects", "controls", "rate", "amount"];
pub(super) const AMOUNT: &[&str] = &["column", "over"];

/// `[fail_on]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailOn {
    /// Which breaks do.
    pub breaks: FailingBreaks,
    /// Whether rejects do.
    pub rejects: bool,
    /// Whether failed controls do that refuse no file.
    pub controls: bool,
}

/// Which breaks make the exit status 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailingBreaks {
    /// Any.
    Any,
    /// None, whatever they are.
    None,
    /// More than either of these.
    Beyond {
        /// Breaks per 100 rows of the result: canonical decimal text, from 0 to 100.
        rate: Option<String>,
        /// What they may come to.
        amount: Option<AmountLimit>,
    },
}

/// `amount`: what the breaks of one group may come to, both signs added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmountLimit {
    /// A compared number of the feed's. Its `total_by`, where it has one, makes the groups.
    pub column: String,
    /// The most that passes: canonical decimal text, not negative.
    pub over: String,
}

impl Default for FailOn {
    /// Breaks and rejects.
    fn default() -> Self {
        Self { breaks: FailingBreaks::Any, rejects: true, controls: false }
    }
}

impl AmountLimit {
    /// Its column in a feed, where that has it: the place of a number that both sides have.
    #[must_use]
    pub fn column_of(&self, feed: &Feed) -> Option<usize> {
        let fits = |c: &Column| c.compared() && matches!(c.kind, Kind::Decimal | Kind::Integer);
        feed.columns.iter().position(|column| column.name == self.column && fits(column))
    }
}

/// `[fail_on]`.
pub(super) fn fail_on(table: &KnownTable<'_>) -> FailOn {
    let default = FailOn::default();
    let (rate, amount) = (rate(table), amount(table));
    let some = rate.is_some() || amount.is_some();
    if some && table.has("breaks") {
        table.mistake(
            "breaks",
            "says all or none, and `rate` or `amount` says how many; take one of them out",
        );
    }
    let breaks = match table.flag("breaks", true) {
        _ if some => FailingBreaks::Beyond { rate, amount },
        true => FailingBreaks::Any,
        false => FailingBreaks::None,
    };
    FailOn {
        breaks,
        rejects: table.flag("rejects", default.rejects),
        controls: table.flag("controls", default.controls),
    }
}

/// `"0.1%"`.
fn rate(table: &KnownTable<'_>) -> Option<String> {
    let text = table.word("rate")?;
    let number = text.value.trim().strip_suffix('%').map(|number| units::decimal(number, &text.written));
    let least =
        |number: &String| number.as_str() == "100" || number.split('.').next().is_some_and(|n| n.len() < 3);
    match number {
        Some(Ok(number)) if least(&number) => Some(number),
        _ => {
            let what = format!("`{}` is not a rate; write it like \"0.1%\", 100% at most", text.written);
            table.mistake_at(text.at, "rate", what);
            None
        }
    }
}

/// `{ column = "amount", over = "100.00" }`.
fn amount(table: &KnownTable<'_>) -> Option<AmountLimit> {
    let table = table.table("amount", AMOUNT, "{ column = \"amount\", over = \"100.00\" }")?;
    table.require("column", "name the column that is added up");
    table.require("over", "write what the breaks may come to, like \"100.00\"");
    let (column, over) = (table.word("column"), table.decimal("over"));
    Some(AmountLimit { column: column?.value, over: over? })
}

/// Holds the column of `amount` against those of the feeds: one of them must have it.
pub(super) fn check(table: &KnownTable<'_>, feeds: &[Feed]) {
    let Some(FailingBreaks::Beyond { amount: Some(amount), .. }) =
        feeds.first().map(|feed| &feed.fail_on.breaks)
    else {
        return;
    };
    if feeds.iter().any(|feed| amount.column_of(feed).is_some()) {
        return;
    }
    let columns = || feeds.iter().flat_map(|feed| &feed.columns);
    let what = if columns().any(|column| column.name == amount.column) {
        "is no compared number; name a column of type decimal or integer".to_owned()
    } else {
        format!(
            "names no [[column]]; {}",
            advice(&amount.column, columns().map(|column| column.name.as_str()))
        )
    };
    table.mistake("amount", format!("`{}` {what}", amount.column));
}
