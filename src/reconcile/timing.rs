//! `[timing]`: which breaks of a run are rows near to its cut-off, which one side alone has and the other may get yet.
//!
//! It is decided here and nowhere else, from the canonical text of the recorded row, and stands in the results. Neither
//! the join nor the outcome asks for it.

use super::{Task, life::equal};
use crate::{
    calendar::{Grace, iso_date},
    database::Connection,
    error::{Code, Error, Place, Result},
    feed::{Column, CutOffDay, Kind, Timing},
    ledger::{OutcomeRows, result_row},
    model::{Counts, Outcome, ResultRow, TimingSummary},
    sql::{Dialect, Ledger, Statement, Work},
};
use jiff::{
    civil::{Date, DateTime},
    tz::TimeZone,
};
use std::collections::BTreeMap;

/// Rows that one statement marks.
const BATCH: usize = 1000;

/// The statements that look for them, in order; what they find is marked by number.
#[must_use]
pub fn statements(dialect: Dialect, task: &Task<'_>) -> Vec<Statement> {
    let Some(timing) = &task.feed.timing else { return Vec::new() };
    let mut all = Vec::new();
    if let CutOffDay::Newest(column) = timing.cut_off {
        all.push(Work::new(dialect, task.feed).newest(column));
    }
    all.push(Ledger(dialect).read_results_of(task.run_id, &timing.outcomes, false));
    all
}

/// Marks them in the results. Gives the cut-off of the run; none where the feed has no `[timing]`, or where neither the
/// day is known nor anything stands alone.
///
/// # Errors
/// `Usage` where the feed's parameter is no day; `Refused` where no row of theirs says the day; `Database`.
pub async fn mark(connection: &mut Connection, task: &Task<'_>, counts: &Counts) -> Result<Option<Date>> {
    let Some(timing) = &task.feed.timing else { return Ok(None) };
    let alone = timing.outcomes.iter().any(|outcome| counts.of(*outcome) > 0);
    let Some(cut_off) = cut_off(connection, task, timing).await? else {
        return if alone { Err(unknown(task, timing)) } else { Ok(None) };
    };
    if alone {
        let grace = Grace::around(cut_off, timing.days, &timing.business_days);
        for (until, rows) in find(connection, task, timing, &grace).await? {
            for some in rows.chunks(BATCH) {
                let marked = Ledger(connection.dialect()).timing(task.run_id, &until.to_string(), some);
                let marked = connection.execute(&marked).await?;
                equal("rows found to be timing = rows marked so", some.len() as u64, marked)?;
            }
        }
    }
    Ok(Some(cut_off))
}

/// How many there are, once it is known which breaks are accepted.
///
/// # Errors
/// `Database`; `Internal` where breaks of another outcome are marked.
pub async fn count(
    connection: &mut Connection,
    task: &Task<'_>,
    cut_off: Option<Date>,
) -> Result<Option<TimingSummary>> {
    let Some(timing) = &task.feed.timing else { return Ok(None) };
    let cut_off = cut_off.map_or_else(String::new, |day| day.to_string());
    let mut summary = TimingSummary { cut_off, days: timing.days, ..TimingSummary::default() };
    let counted = Ledger(connection.dialect()).count_timing(task.run_id);
    for OutcomeRows { outcome, rows } in connection.read(&counted).await? {
        match outcome {
            Outcome::MissingInOurs => summary.missing_in_ours = rows,
            Outcome::MissingInTheirs => summary.missing_in_theirs = rows,
            other => {
                return Err(Error::internal(format!("breaks that are {} cannot be timing", other.name())));
            }
        }
    }
    Ok(Some(summary))
}

async fn cut_off(connection: &mut Connection, task: &Task<'_>, timing: &Timing) -> Result<Option<Date>> {
    let CutOffDay::Newest(column) = timing.cut_off else { return timing.given(task.feed) };
    let newest = Work::new(connection.dialect(), task.feed).newest(column);
    let newest: Option<String> = connection.read_first(&newest).await?;
    Ok(newest.and_then(|text| DayOf::column(&task.feed.columns[column]).text(&text)))
}

fn unknown(task: &Task<'_>, timing: &Timing) -> Error {
    let CutOffDay::Newest(column) = timing.cut_off else {
        return Error::internal("a day that was given is unknown");
    };
    let name = &task.feed.columns[column].name;
    let what = format!(
        "no row of theirs has a day in column {name}, so the cut-off of [timing] is unknown, and with it which rows that \
         one side lacks are timing"
    );
    Error::new(Code::NoCutOff, what).about(Place::file(&task.feed.file.display().to_string()))
}

/// The numbers of the rows that are timing, by the last cut-off with which they are.
async fn find(
    connection: &mut Connection,
    task: &Task<'_>,
    timing: &Timing,
    grace: &Grace<'_>,
) -> Result<BTreeMap<Date, Vec<i64>>> {
    let mut found: BTreeMap<Date, Vec<i64>> = BTreeMap::new();
    let (width, day) = (task.feed.columns.len(), DayOf::column(&task.feed.columns[timing.column]));
    let alone = Ledger(connection.dialect()).read_results_of(task.run_id, &timing.outcomes, false);
    connection
        .read_each(&alone, |cells| {
            let row: ResultRow = result_row(cells, width)?;
            let side = row.theirs.as_ref().or(row.ours.as_ref());
            let day = side.and_then(|side| day.text(&side.fields[timing.column]));
            if let Some(until) = day.and_then(|day| grace.until(day)) {
                found.entry(until).or_default().push(row.seq);
            }
            Ok(())
        })
        .await?;
    Ok(found)
}

/// How the day of a canonical text is read.
struct DayOf {
    /// Of a timestamp's column: its own zone, in which a day begins and ends.
    zone: Option<TimeZone>,
    is_date: bool,
}

impl DayOf {
    fn column(column: &Column) -> Self {
        let zone = match &column.kind {
            // The feed was checked to name a zone that there is.
            Kind::Timestamp { timezone, .. } => timezone.as_deref().and_then(|name| TimeZone::get(name).ok()),
            _ => None,
        };
        Self { zone, is_date: matches!(column.kind, Kind::Date { .. }) }
    }

    /// None where the text is no canonical one: ours may hold anything.
    fn text(&self, text: &str) -> Option<Date> {
        if self.is_date {
            return iso_date(text);
        }
        let (seconds, fraction) = text.split_once('.').map_or((text, "0"), |(left, right)| (left, right));
        let shape = seconds.len() == 19 && seconds.as_bytes()[10] == b' ';
        if !shape || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let moment: DateTime = seconds.parse().ok()?;
        let day = iso_date(seconds.get(..10)?)?;
        let Some(zone) = &self.zone else { return Some(day) };
        Some(zone.to_datetime(TimeZone::UTC.to_timestamp(moment).ok()?).date())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(zone: Option<&str>, is_date: bool, text: &str) -> String {
        let zone = zone.map(|name| TimeZone::get(name).unwrap());
        DayOf { zone, is_date }.text(text).map_or_else(String::new, |day| day.to_string())
    }

    #[test]
    fn a_time_is_of_the_day_that_it_is_in_the_zone_of_its_column() {
        assert_eq!(day(None, true, "2026-01-31"), "2026-01-31");
        assert_eq!(day(None, false, "2026-01-31 23:30:00"), "2026-01-31");
        assert_eq!(day(Some("Europe/Zurich"), false, "2026-01-31 22:59:59.999999"), "2026-01-31");
        assert_eq!(day(Some("Europe/Zurich"), false, "2026-01-31 23:00:00"), "2026-02-01");
        assert_eq!(day(Some("America/New_York"), false, "2026-02-01 04:59:59"), "2026-01-31");
    }

    #[test]
    fn what_is_no_canonical_text_has_no_day() {
        for text in ["", "2026-02-30", "2026-1-31", "2026-01-31 ", "20260131", "2026-01-31T00:00:00"] {
            assert_eq!(day(None, true, text), "", "{text}");
        }
        for text in [
            "",
            "2026-01-31",
            "2026-01-31T10:00:00",
            "2026-02-30 10:00:00",
            "2026-01-31 25:00:00",
            "2026-01-31 10:00:00-05:00",
            "2026-01-31 10:00:00.5Z",
            "2026-01-31 10:00",
            "2026-01-3\u{e9} 10:00:0",
        ] {
            assert_eq!(day(Some("Europe/Zurich"), false, text), "", "{text}");
            assert_eq!(day(None, false, text), "", "{text}");
        }
    }
}
