//! What of the feed's `[fail_on]` a run has: it decides the exit status, never the verdict.

use super::{Task, account::number};
use crate::{
    database::Connection,
    error::Result,
    feed::{AmountLimit, FailingBreaks},
    ledger::result_row,
    model::{Counts, OpenBreak, Outcome, ResultRow, Side},
    sql::Ledger,
};
use bigdecimal::BigDecimal;
use std::{collections::BTreeMap, str::FromStr};

/// The words of `[fail_on]` that make the exit status 1.
///
/// `excused` breaks of the run are none of them: they are accepted, or a matter of timing.
///
/// # Errors
/// `Database` where the recorded breaks cannot be read.
pub async fn failed_on(
    connection: &mut Connection,
    task: &Task<'_>,
    counts: &Counts,
    excused: u64,
    failed_controls: u64,
) -> Result<Vec<String>> {
    let fail_on = &task.feed.fail_on;
    // What a person accepted is known, and what is a matter of timing is on its way.
    let breaks = counts.breaks().saturating_sub(excused);
    let mut failed = Vec::new();
    match &fail_on.breaks {
        _ if breaks == 0 => {}
        FailingBreaks::None => {}
        FailingBreaks::Any => failed.push("breaks"),
        FailingBreaks::Beyond { rate, amount } => {
            if rate.as_ref().is_some_and(|rate| is_beyond(breaks, counts.matched, rate)) {
                failed.push("rate");
            }
            if let Some(limit) = amount {
                match limit.column_of(task.feed) {
                    Some(column) if !exceeds(connection, task, limit, column).await? => {}
                    Some(_) => failed.push("amount"),
                    // A row set without that column has no amount that could be small.
                    None if rate.is_none() => failed.push("breaks"),
                    None => {}
                }
            }
        }
    }
    if fail_on.rejects && counts.rejects > 0 {
        failed.push("rejects");
    }
    if fail_on.controls && failed_controls > 0 {
        failed.push("controls");
    }
    Ok(failed.into_iter().map(str::to_owned).collect())
}

/// Whether breaks ÷ (breaks + matched) is more than so many per cent.
fn is_beyond(breaks: u64, matched: u64, percent: &str) -> bool {
    let share = BigDecimal::from(breaks) * 100;
    let rows = BigDecimal::from(breaks) + BigDecimal::from(matched);
    // What is no number would let everything pass.
    !BigDecimal::from_str(percent).is_ok_and(|percent| share <= percent * rows)
}

/// Whether the breaks of any group come to more than the limit: the difference of two amounts, or the whole of one that
/// stands alone, without its sign.
async fn exceeds(
    connection: &mut Connection,
    task: &Task<'_>,
    limit: &AmountLimit,
    column: usize,
) -> Result<bool> {
    let by = task.feed.columns[column].comparison.total_by();
    let mut sums: BTreeMap<String, BigDecimal> = BTreeMap::new();
    let mut unreadable = false;
    let results = Ledger(connection.dialect()).read_results(task.run_id);
    connection
        .read_each(&results, |cells| {
            let row = result_row(cells, task.feed.columns.len())?;
            let excused = row.open.as_ref().is_some_and(OpenBreak::is_excused);
            if row.outcome != Outcome::Matched && !excused {
                unreadable |= !add(&mut sums, &row, column, by);
            }
            Ok(())
        })
        .await?;
    let over = BigDecimal::from_str(&limit.over).unwrap_or_default();
    Ok(unreadable || sums.into_values().any(|sum| sum > over))
}

/// Adds a break to its groups; `false` where an amount of it is no number.
fn add(sums: &mut BTreeMap<String, BigDecimal>, row: &ResultRow, column: usize, by: Option<usize>) -> bool {
    let group = |side: &Side| by.map_or_else(String::new, |by| side.fields[by].clone());
    let amount = |side: &Side| match side.fields[column].as_str() {
        "" => Some(BigDecimal::default()),
        text => number(text),
    };
    let mut parts: Vec<(String, BigDecimal)> = Vec::new();
    for (side, sign) in [(&row.theirs, -1), (&row.ours, 1)] {
        let Some(side) = side else { continue };
        let Some(amount) = amount(side) else { return false };
        parts.push((group(side), amount * sign));
    }
    // Two amounts of one group differ by so much; of two groups, each is wrong as a whole.
    let same = matches!(&parts[..], [one, other] if one.0 == other.0);
    if same {
        let difference = &parts[0].1 + &parts[1].1;
        *sums.entry(parts.remove(0).0).or_default() += difference.abs();
    } else {
        for (group, amount) in parts {
            *sums.entry(group).or_default() += amount.abs();
        }
    }
    true
}
