//! `report.html`: one self-contained page a person reads. No script, no link, nothing fetched; every text
//! of the third party's is escaped.

mod breaks;
mod markup;

use super::suggest::Pair;
use crate::{
    error::Result,
    model::{ControlSummary, RefusedFile, ResultRow, Summary, Verdict, controls_failed},
};
use breaks::BreakLists;
use markup::{escape, table};
use std::fmt::Write as _;

/// Pairs shown; the rest is in `suggestions.csv`.
const SUGGESTED: usize = 20;

const STYLE: &str = "\
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1c2430;background:#fff}\
h1{font-size:1.5rem;margin:0}h2{font-size:1.05rem;margin:2rem 0 .5rem}.facts{color:#5b6675;margin:.3rem 0 1rem}\
.verdict{display:inline-block;padding:.15rem .7rem;border-radius:1rem;color:#fff;font-weight:600}\
.tied_out{background:#1f7a4d}.tied_out_with_failed_controls{background:#b26a00}.breaks{background:#b3321b}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #e3e7ec;vertical-align:top}\
th{color:#5b6675;font-weight:600}.n{text-align:right;font-variant-numeric:tabular-nums}\
.differs{background:#fdecc8}.none{color:#a0a8b3}td.value{white-space:pre-wrap;overflow-wrap:anywhere}\
.why{display:block;color:#8a5a00;font-size:.85em;white-space:normal}.scroll{overflow-x:auto}.kind{white-space:nowrap}.said{overflow-wrap:anywhere;min-width:6em}";

/// A page that is being written: the first breaks come while the results are read.
pub struct Page<'a> {
    summary: &'a Summary,
    breaks: BreakLists<'a>,
}

impl<'a> Page<'a> {
    /// Begins a page.
    pub fn new(summary: &'a Summary) -> Self {
        Self { summary, breaks: BreakLists::new(summary) }
    }

    /// Takes a break; only the first ones are shown.
    ///
    /// # Errors
    /// `Internal` where a differing column is none of the feed's.
    pub fn add(&mut self, row: &ResultRow) -> Result<()> {
        self.breaks.add(row)
    }

    /// The whole page, with probable counterparts.
    pub fn finish(self, pairs: &[Pair]) -> String {
        let summary = self.summary;
        let (class, words) = (summary.verdict.name(), verdict(summary));
        let mut page = format!(
            "<!doctype html>\n<html lang=en><head><meta charset=utf-8>\
             <meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">\
             <meta name=viewport content=\"width=device-width\"><title>{feed}: {words}</title><style>{STYLE}</style></head><body>\n\
             <h1>{feed} <span class=\"verdict {class}\">{words}</span></h1>\
             <p class=facts>Run {run}, {started} to {finished} UTC, on {product}</p>\n",
            feed = escape(&summary.feed),
            run = escape(&summary.run_id),
            started = escape(&summary.started_at),
            finished = escape(&summary.finished_at),
            product = escape(&summary.database.product),
        );
        page.push_str(&counts(summary));
        page.push_str(&life(summary));
        page.push_str(&files(summary));
        page.push_str(&refused(summary));
        page.push_str(&columns(summary));
        page.push_str(&reasons(summary));
        page.push_str(&totals(summary));
        page.push_str(&notes(summary));
        page.push_str(&self.breaks.finish());
        page.push_str(&suggestions(summary, pairs));
        page.push_str("</body></html>\n");
        page
    }
}

/// The verdict in words: `tied out, 1 control failed`.
fn verdict(summary: &Summary) -> String {
    let (words, excused) = match summary.verdict {
        Verdict::Breaks => ("breaks", summary.excused().map(str::to_owned)),
        _ if summary.counts.nothing_compared() => ("nothing was compared", None),
        _ => ("tied out", None),
    };
    [Some(words.to_owned()), excused, controls_failed(summary.failed_controls)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

fn counts(summary: &Summary) -> String {
    let lines = summary.counts.lines().into_iter();
    let mut rows: Vec<_> =
        lines.map(|line| vec![format!("{}: {}", line.name, line.meaning), line.rows.to_string()]).collect();
    let filtered = summary.counts.filtered_by.iter();
    rows.extend(
        filtered.map(|one| vec![format!("of the filtered: {}", one.reason), one.records.to_string()]),
    );
    if summary.audited > 0 {
        let audited = "audited: pairs with equal checksums that were compared by value too";
        rows.push(vec![audited.to_owned(), summary.audited.to_string()]);
    }
    table("Rows", &["outcome", "rows"], &rows)
}

/// What became of breaks over runs.
fn life(summary: &Summary) -> String {
    let mut lines = summary.life_lines();
    if !lines.is_empty() {
        lines.extend(summary.unusual.iter().cloned());
    }
    let rows: Vec<_> = lines.into_iter().map(|line| vec![line]).collect();
    table("Breaks over runs", &["since the last run"], &rows)
}

fn files(summary: &Summary) -> String {
    let rows: Vec<_> = (summary.files.iter())
        .map(|f| {
            vec![
                f.name.clone(),
                f.records.to_string(),
                f.rows.to_string(),
                f.rejects.to_string(),
                f.sha256.clone(),
            ]
        })
        .collect();
    table("Files", &["file", "records", "rows", "rejects", "SHA-256"], &rows)
}

fn refused(summary: &Summary) -> String {
    let row = |f: &RefusedFile| {
        vec![f.name.clone(), f.reason.clone(), f.code.clone(), f.since.clone(), f.sha256.clone()]
    };
    let rows: Vec<_> = summary.refused_files.iter().map(row).collect();
    table("Files that were refused and left out", &["file", "reason", "code", "since", "SHA-256"], &rows)
}

fn columns(summary: &Summary) -> String {
    let compared = summary.columns.iter().filter(|c| c.compared);
    let rows: Vec<_> = compared
        .map(|c| {
            let numbers = [c.matched, c.mismatched, c.null_theirs, c.null_ours].map(|n| n.to_string());
            let mut row = vec![c.name.clone()];
            row.extend(numbers);
            row.push(c.match_rate.clone());
            row
        })
        .collect();
    table(
        "Columns",
        &["column", "agree", "differ", "no value in theirs", "no value in ours", "match rate"],
        &rows,
    )
}

fn reasons(summary: &Summary) -> String {
    let rows: Vec<_> = summary
        .reasons
        .iter()
        .map(|(code, values)| vec![code.replace('_', " "), values.to_string()])
        .collect();
    table("Reasons", &["reason", "differing values"], &rows)
}

fn totals(summary: &Summary) -> String {
    let rows: Vec<_> = (summary.totals.iter())
        .map(|t| {
            vec![format!("{} {}", t.column, t.group), t.theirs.clone(), t.ours.clone(), t.difference.clone()]
        })
        .collect();
    table("Control totals", &["total", "theirs", "ours", "ours − theirs"], &rows)
}

fn notes(summary: &Summary) -> String {
    let mut rows: Vec<_> = summary.controls.iter().map(control).collect();
    let heads = ["control", "declared", "counted", "outcome", "checked", "held", "failed", "not declared"];
    let controls = table("Controls", &heads, &rows);
    let unmet = summary.no_key_met.iter().map(|why| vec![format!("no key met: {why}")]);
    rows = unmet.chain(summary.warnings.iter().map(|warning| vec![warning.clone()])).collect();
    controls + &table("Warnings", &["warning"], &rows)
}

/// One control; what it shows is the first failure, or the first check.
fn control(control: &ControlSummary) -> Vec<String> {
    let kind = if control.kind.is_empty() { String::new() } else { format!("{} ", control.kind) };
    let mut row = vec![
        format!("{}{} of {}", kind, control.name, control.file),
        control.declared.clone().unwrap_or_default(),
        control.counted.clone(),
        control.outcome.replace('_', " "),
    ];
    let counts = [control.checked, control.held, control.failed, control.not_declared];
    row.extend(counts.map(|count| count.to_string()));
    row
}

/// Pairs of rows that one side lacks: below each other, what differs marked.
fn suggestions(summary: &Summary, pairs: &[Pair]) -> String {
    if pairs.is_empty() {
        return String::new();
    }
    let mut rows = String::new();
    for pair in pairs.iter().take(SUGGESTED) {
        let days = match pair.days {
            0 => String::new(),
            1 => ", 1 day apart".to_owned(),
            days => format!(", {days} days apart"),
        };
        let others =
            if pair.others > 0 { format!(", {} others fit as well", pair.others) } else { String::new() };
        let why = pair.why().replace('_', " ").replacen("near date", "same amount", 1);
        let both = [
            ("theirs", pair.theirs.fields(), pair.ours.fields()),
            ("ours", pair.ours.fields(), pair.theirs.fields()),
        ];
        for (n, (name, fields, other)) in both.into_iter().enumerate() {
            let why = if n == 0 { format!("{why}{days}{others}") } else { String::new() };
            let _ = write!(rows, "<tr><td>{why}</td><td>{name}</td>");
            for ((column, value), other) in summary.columns.iter().zip(&fields).zip(&other) {
                let class = if column.compared && value != other { "value differs" } else { "value" };
                let text =
                    if value.is_empty() { "<span class=none>none</span>".to_owned() } else { escape(value) };
                let _ = write!(rows, "<td class=\"{class}\">{text}</td>");
            }
            rows.push_str("</tr>\n");
        }
    }
    let head: String = summary.columns.iter().map(|c| format!("<th>{}</th>", escape(&c.name))).collect();
    let all = pairs.len();
    let title = if all > SUGGESTED {
        format!("The first {SUGGESTED} of {all} probable pairs")
    } else {
        "Probable pairs".into()
    };
    format!(
        "<h2>{title} among what is missing</h2><p class=facts>Suggestions for a person: they agree in amount and \
         nearly in date, and still count as missing.</p><div class=scroll><table><tr><th>why</th><th>side</th>{head}</tr>\n{rows}</table></div>\n"
    )
}
