//! Which columns say that two rows belong together: those that the feed names, or those that are certain.

use crate::{
    feed::{Feed, Suggest},
    model::{Suggestions, Summary},
};

/// What the choice of columns looks at.
struct ColumnFacts<'a> {
    name: &'a str,
    r#type: &'a str,
    compared: bool,
    total_by: Option<&'a str>,
}

/// The columns that the feed names, or those that are certain.
#[must_use]
pub fn of_feed(feed: &Feed) -> Suggestions {
    let known = feed.columns.iter().map(|column| ColumnFacts {
        name: &column.name,
        r#type: column.kind.name(),
        compared: column.compared(),
        total_by: column.comparison.total_by().and_then(|by| feed.columns.get(by)).map(|by| by.name.as_str()),
    });
    choose(&feed.suggest, &known.collect::<Vec<_>>())
}

/// The same for a run of a program that knew of none.
#[must_use]
pub fn of_summary(summary: &Summary) -> Suggestions {
    let by = |name: &str| summary.totals.iter().find(|total| total.column == name);
    let known = summary.columns.iter().map(|column| ColumnFacts {
        name: &column.name,
        r#type: &column.r#type,
        compared: column.compared,
        total_by: by(&column.name).map(|total| total.by.as_str()),
    });
    choose(&Suggest::default(), &known.collect::<Vec<_>>())
}

fn choose(asked: &Suggest, columns: &[ColumnFacts<'_>]) -> Suggestions {
    let none = |note: &str| Suggestions { note: note.to_owned(), ..Suggestions::default() };
    if !asked.enabled {
        return none("switched off by the feed");
    }
    let totalled = columns.iter().filter(|c| c.compared && c.total_by.is_some());
    let totalled: Vec<&str> = totalled.map(|c| c.name).collect();
    let amount = match (&asked.amount, totalled.as_slice()) {
        (Some(named), _) => named.as_str(),
        (None, [one]) => one,
        (None, []) => return none("no column has total_by: name the amount under [suggestions]"),
        _ => return none("several columns have total_by: name the amount under [suggestions]"),
    };
    let by = columns.iter().find(|c| c.name == amount).and_then(|c| c.total_by);
    let currency = asked.currency.as_deref().or(by).unwrap_or_default();
    let first_date = || columns.iter().find(|c| c.compared && matches!(c.r#type, "date" | "timestamp"));
    let Some(date) = asked.date.as_deref().or_else(|| first_date().map(|c| c.name)) else {
        return none("no compared column is a date: name one under [suggestions]");
    };
    let [amount, currency, date] = [amount, currency, date].map(str::to_owned);
    Suggestions { amount, currency, date, days: asked.days, ..Suggestions::default() }
}
