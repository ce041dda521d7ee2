//! `[timing]`: how near to the cut-off a row that only one side has may still be on its way to the other.

use super::{
    Column, Feed, Kind, Ours, source,
    suggestions::named,
    table::{KnownTable, Text},
};
use crate::{
    calendar::{BusinessDays, iso_date},
    error::{Code, Error, Place, Result, printable},
    model::Outcome,
};
use jiff::civil::Date;

pub(super) const TIMING: &[&str] = &["column", "days", "cut_off", "side", "calendar"];
/// About a year of business days: what is on its way longer is lost.
const MOST_DAYS: u16 = 260;

/// `[timing]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// The place of the column that has a row's day: a date or a timestamp that both sides have.
    pub column: usize,
    /// So many business days from the cut-off at most, at least 1.
    pub days: u16,
    /// Which day the cut-off is.
    pub cut_off: CutOffDay,
    /// Which breaks it may be: rows that theirs alone has, or ours alone.
    pub outcomes: Vec<Outcome>,
    /// What business days are.
    pub business_days: BusinessDays,
}

/// Which day the cut-off of a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CutOffDay {
    /// That of `--set`.
    Parameter(String),
    /// The newest of theirs in the column of this place.
    Newest(usize),
}

impl Timing {
    /// The parameter that says the cut-off, where one does.
    #[must_use]
    pub fn parameter(&self) -> Option<&str> {
        match &self.cut_off {
            CutOffDay::Parameter(name) => Some(name),
            CutOffDay::Newest(_) => None,
        }
    }

    /// The cut-off that `--set` gives to a run of the feed; none where theirs say it.
    ///
    /// # Errors
    /// `Usage` where the parameter has no value, or one that is no day.
    pub fn given(&self, feed: &Feed) -> Result<Option<Date>> {
        let Some(name) = self.parameter() else { return Ok(None) };
        let place = || Place::file(&feed.file.display().to_string());
        let Some(value) = feed.parameters.get(name) else {
            let what = format!("[timing] cut_off is :{name}, which has no value");
            return Err(Error::new(Code::NoParameter, what)
                .at(place())
                .with_hint(format!("give it one: --set {name}=2026-01-31")));
        };
        iso_date(value).map(Some).ok_or_else(|| {
            let what =
                format!("--set {name}={} is no day, and [timing] cut_off is :{name}", printable(value));
            Error::new(Code::BadParameter, what)
                .at(place())
                .with_hint(format!("write it like --set {name}=2026-01-31"))
        })
    }
}

/// `[timing]`, of a feed with these columns.
pub(super) fn timing(table: &KnownTable<'_>, columns: &[Column], ours: Option<&Ours>) -> Option<Timing> {
    table.require("column", "name the date or timestamp that says a row's day");
    table.require("days", "write how many business days a row may be on its way, like 2");
    let days = table.number("days", 1, 1);
    if days > MOST_DAYS {
        table.mistake("days", format!("is out of range; write at most {MOST_DAYS}"));
    }
    let column = day_column(table, "column", columns, ours);
    let cut_off = match table.word("cut_off") {
        Some(text) if text.value.starts_with(':') => parameter(table, &text),
        // Theirs say it: ours is not asked.
        Some(_) => day_column(table, "cut_off", columns, None).map(CutOffDay::Newest),
        None => column.map(CutOffDay::Newest),
    };
    let (theirs, ours) = (Outcome::MissingInOurs, Outcome::MissingInTheirs);
    let both = vec![theirs, ours];
    let sides = [("both", both.clone()), ("theirs", vec![theirs]), ("ours", vec![ours])];
    Some(Timing {
        outcomes: table.choice("side", &sides).unwrap_or(both),
        business_days: source::business_days(table)?,
        column: column?,
        days,
        cut_off: cut_off?,
    })
}

/// `:name`.
fn parameter(table: &KnownTable<'_>, text: &Text) -> Option<CutOffDay> {
    let name = &text.value[1..];
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_name {
        let what = format!("`{}` is no parameter; write it like \":date\"", text.written);
        table.mistake_at(text.at, "cut_off", what);
        return None;
    }
    Some(CutOffDay::Parameter(name.to_owned()))
}

/// The place of a column that has days.
fn day_column(table: &KnownTable<'_>, key: &str, columns: &[Column], ours: Option<&Ours>) -> Option<usize> {
    let is_day = |kind: &Kind| matches!(kind, Kind::Date { .. } | Kind::Timestamp { .. });
    let name = named(table, key, columns, ours, &is_day, "date or timestamp")?;
    columns.iter().position(|column| column.name == name)
}
