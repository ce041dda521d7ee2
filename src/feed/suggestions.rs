//! `[suggestions]`: which columns say that two rows without a partner are probably the same thing.

use super::{Column, Kind, Ours, mistakes::advice, table::KnownTable};

pub(super) const SUGGESTIONS: &[&str] = &["enabled", "amount", "currency", "date", "days"];
/// Further apart, two dates say nothing.
const MOST_DAYS: u32 = 31;

/// `[suggestions]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggest {
    /// Whether counterparts are looked for at all.
    pub enabled: bool,
    /// The column that must agree; chosen by the export where absent, here and below.
    pub amount: Option<String>,
    /// Must agree too.
    pub currency: Option<String>,
    /// Must nearly agree.
    pub date: Option<String>,
    /// So many days apart at most.
    pub days: u32,
}

impl Default for Suggest {
    fn default() -> Self {
        Self { enabled: true, amount: None, currency: None, date: None, days: 3 }
    }
}

/// `[suggestions]`, of a feed with these columns.
pub(super) fn suggestions(table: &KnownTable<'_>, columns: &[Column], ours: Option<&Ours>) -> Suggest {
    let default = Suggest::default();
    let column = |key, fits: &dyn Fn(&Kind) -> bool, types| named(table, key, columns, ours, fits, types);
    let days = table.number("days", 0, default.days);
    if days > MOST_DAYS {
        table.mistake("days", format!("is out of range; write at most {MOST_DAYS}"));
    }
    Suggest {
        enabled: table.flag("enabled", default.enabled),
        amount: column("amount", &|kind| matches!(kind, Kind::Decimal | Kind::Integer), "decimal or integer"),
        currency: column("currency", &|_| true, ""),
        date: column(
            "date",
            &|kind| matches!(kind, Kind::Date { .. } | Kind::Timestamp { .. }),
            "date or timestamp",
        ),
        days,
    }
}

/// The name of a column of a fitting type, which both sides have where `ours` is given.
pub(super) fn named(
    table: &KnownTable<'_>,
    key: &str,
    columns: &[Column],
    ours: Option<&Ours>,
    fits: &dyn Fn(&Kind) -> bool,
    types: &str,
) -> Option<String> {
    let text = table.word(key)?;
    let Some(column) = columns.iter().find(|column| column.name == text.value) else {
        let advice = advice(&text.written, columns.iter().map(|column| column.name.as_str()));
        table.mistake_at(text.at, key, format!("no [[column]] is named `{}`; {advice}", text.written));
        return None;
    };
    if !fits(&column.kind) {
        let what = format!("`{}` is of type {}; name one of type {types}", text.written, column.kind.name());
        table.mistake_at(text.at, key, what);
    }
    if ours.is_some_and(|ours| !ours.asks(column)) {
        let what = format!(
            "`{}` has compare = false and is not looked for on our side; name it in [ours.columns]",
            text.written
        );
        table.mistake_at(text.at, key, what);
    }
    Some(text.value)
}
