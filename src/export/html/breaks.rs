//! The breaks of a page in three lists: those that count, those that are a matter of timing, and those that a person
//! accepted.

use super::markup::escape;
use crate::{
    error::Result,
    model::{Acceptance, ResultRow, Summary},
};
use std::fmt::Write as _;

/// Breaks of a list that are shown; the rest is in `breaks.csv`.
const SHOWN: usize = 200;

/// The lists, while the results are read.
pub(super) struct BreakLists<'a> {
    summary: &'a Summary,
    counting: BreakList,
    timing: BreakList,
    accepted: BreakList,
}

impl<'a> BreakLists<'a> {
    pub fn new(summary: &'a Summary) -> Self {
        Self {
            summary,
            counting: BreakList::of(&[]),
            timing: BreakList::of(&["timing until"]),
            accepted: BreakList::of(&["accepted until", "owner", "reason"]),
        }
    }

    /// Takes a break into its list.
    ///
    /// # Errors
    /// `Internal` where a differing column is none of the feed's.
    pub fn add(&mut self, row: &ResultRow) -> Result<()> {
        let open = row.open.as_ref();
        let accepted = open.and_then(|open| open.accepted.as_ref());
        match (accepted, open.and_then(|open| open.timing_until.as_ref())) {
            (Some(Acceptance { until, owner, reason }), _) => {
                self.accepted.add(self.summary, row, &[until, owner, reason])
            }
            (None, Some(until)) => self.timing.add(self.summary, row, &[until]),
            (None, None) => self.counting.add(self.summary, row, &[]),
        }
    }

    pub fn finish(self) -> String {
        let breaks = |all| if all == 1 { "break" } else { "breaks" };
        let grace = self.summary.timing.as_ref().map_or_else(String::new, |timing| {
            let s = if timing.days == 1 { "" } else { "s" };
            format!(
                "Rows within {} business day{s} of {}, which one side has and the other may get yet. Each is a break like \
                 any other once the cut-off has passed its day.",
                timing.days, timing.cut_off
            )
        });
        let known = "A person knows them: they make no status 1 until the day that is named, as long as their values stay.";
        [
            self.counting.section(self.summary, breaks, ""),
            self.timing.section(
                self.summary,
                |all| if all == 1 { "timing break" } else { "timing breaks" },
                &grace,
            ),
            self.accepted.section(
                self.summary,
                |all| if all == 1 { "accepted break" } else { "accepted breaks" },
                known,
            ),
        ]
        .concat()
    }
}

/// One list: what is said of each break beside its values, and the rows so far.
struct BreakList {
    said: &'static [&'static str],
    rows: String,
    all: usize,
}

impl BreakList {
    fn of(said: &'static [&'static str]) -> Self {
        Self { said, rows: String::new(), all: 0 }
    }

    fn add(&mut self, summary: &Summary, row: &ResultRow, said: &[&String]) -> Result<()> {
        self.all += 1;
        if self.all > SHOWN {
            return Ok(());
        }
        let reasons = summary.reasons_of(row)?;
        let place = row.place.map_or_else(
            || "our table".to_owned(),
            |(file, record, line)| {
                format!("{}, record {record}, line {line}", escape(summary.file_name(file)))
            },
        );
        for (n, (side, name)) in [(&row.theirs, "theirs"), (&row.ours, "ours")].into_iter().enumerate() {
            let Some(side) = side else { continue };
            // Only the first of the two lines names the break.
            let named = n == 0 || row.theirs.is_none();
            let head = |text: &str| if named { text.to_owned() } else { String::new() };
            // Writing to a String cannot fail, here and below.
            let _ = write!(self.rows, "<tr><td class=kind>{}</td>", head(&escape(&row.outcome.words())));
            for text in said {
                let _ = write!(self.rows, "<td class=said>{}</td>", head(&escape(text)));
            }
            let _ = write!(self.rows, "<td>{}</td><td>{name}</td>", head(&place));
            for (column, value) in summary.columns.iter().zip(&side.fields) {
                let differs = row.differing.iter().position(|name| *name == column.name);
                let class = if differs.is_some() { "value differs" } else { "value" };
                let text =
                    if value.is_empty() { "<span class=none>none</span>".to_owned() } else { escape(value) };
                // Below the second of the two values, where both have been read.
                let reason = differs.and_then(|nth| reasons.get(nth)).filter(|_| n == 1);
                let why = reason.and_then(|reason| reason.words());
                let why = why.map_or_else(String::new, |words| format!("<span class=why>{words}</span>"));
                let _ = write!(self.rows, "<td class=\"{class}\">{text}{why}</td>");
            }
            self.rows.push_str("</tr>\n");
        }
        Ok(())
    }

    /// The list under its heading; nothing where it is empty.
    fn section(&self, summary: &Summary, noun: fn(usize) -> &'static str, facts: &str) -> String {
        let all = self.all;
        if all == 0 {
            return String::new();
        }
        let title = if all > SHOWN {
            format!("The first {SHOWN} of {all} {}", noun(all))
        } else {
            format!("{all} {}", noun(all))
        };
        let facts =
            if facts.is_empty() { String::new() } else { format!("<p class=facts>{}</p>", escape(facts)) };
        let said: String = self.said.iter().map(|name| format!("<th>{name}</th>")).collect();
        let columns: String =
            summary.columns.iter().map(|column| format!("<th>{}</th>", escape(&column.name))).collect();
        format!(
            "<h2>{title}</h2>{facts}<div class=scroll><table><tr><th>outcome</th>{said}<th>where</th><th>side</th>{columns}</tr>\n{}</table></div>\n",
            self.rows
        )
    }
}
