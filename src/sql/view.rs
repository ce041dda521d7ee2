//! `tieout_breaks_<feed>`: the breaks of the feed's last run as a view, a column per column of the feed and side.

use super::{
    Dialect, Statement, mysql,
    template::{Fill, template},
    work::{Work, table_name},
};
use crate::feed::Kind;
use std::collections::BTreeSet;

/// What the view holds beside the feed's columns.
const BEFORE: [&str; 2] = ["break_id", "outcome"];
const BETWEEN: &str = "differing";
const BEHIND: [&str; 7] =
    ["source_file", "record", "line", "life", "first_seen", "runs_open", "accepted_until"];
/// Behind that, where the feed has [timing].
const TIMING: &str = "timing_until";
/// PostgreSQL cuts longer names, the others refuse them.
const LONGEST_NAME: usize = 63;

impl Work<'_> {
    /// The view's unquoted name, and the names of its columns in order; none where two of them would be the same, or one is
    /// too long.
    #[must_use]
    pub fn view(&self) -> Option<(String, Vec<String>)> {
        let mut columns: Vec<String> = BEFORE.map(str::to_owned).into();
        columns.extend(self.key_columns().map(|column| column.name.clone()));
        columns.push(BETWEEN.to_owned());
        for column in &self.feed.columns {
            columns.extend(["theirs", "ours"].map(|side| format!("{}_{side}", column.name)));
        }
        columns.extend(BEHIND.map(str::to_owned));
        columns.extend(self.feed.timing.iter().map(|_| TIMING.to_owned()));
        // Some servers ignore letter case in names.
        let different: BTreeSet<String> = columns.iter().map(|name| name.to_lowercase()).collect();
        let fits = columns.iter().all(|name| name.len() <= LONGEST_NAME);
        (fits && different.len() == columns.len()).then(|| (table_name("breaks", &self.feed.name), columns))
    }

    /// Makes it, in place of one of another shape.
    #[must_use]
    pub fn create_view(&self) -> Vec<Statement> {
        let Some((name, _)) = self.view() else { return Vec::new() };
        let d = self.dialect;
        let view = d.quote(&name);
        let key = |(n, column): (usize, &crate::feed::Column)| {
            format!("{} AS {}", typed(d, &column.kind, &field(d, "r.row_key", n + 1)), d.quote(&column.name))
        };
        let keys: Vec<String> = self.key_columns().enumerate().map(key).collect();
        let values = self.feed.columns.iter().enumerate().flat_map(|(n, column)| {
            ["theirs", "ours"].map(|side| {
                let value = typed(d, &column.kind, &field(d, &format!("r.{side}"), n + 1));
                format!("{value} AS {}", d.quote(&format!("{}_{side}", column.name)))
            })
        });
        vec![
            Fill::default().sql("view", &*view).render(d, template!("drop_view")),
            Fill::default()
                .sql("view", &*view)
                .sql("keys", keys.join(", "))
                .sql("values", values.collect::<Vec<_>>().join(",\n       "))
                .sql("timing", if self.feed.timing.is_some() { ", r.timing_until" } else { "" })
                .sql("feed", d.literal(&self.feed.name))
                .render(d, template!("create_view")),
        ]
    }
}

/// The n-th field of a row of the results, from 1; no value is NULL.
fn field(dialect: Dialect, row: &str, n: usize) -> String {
    let text = match dialect {
        Dialect::Postgres => dialect.field(row, n),
        // A view is kept as text, in which a literal of bytes would become another one.
        Dialect::MySql | Dialect::MariaDb => mysql::defined_field(row, n),
        // Made a JSON array of first. A backslash would look like the beginning of an escape.
        Dialect::Sqlite => format!(
            "replace(json_extract('[' || replace(json_quote(replace({row}, '\\', char(26))), '\\u001f', '\",\"') || ']', '$[{}]'), char(26), '\\')",
            n - 1
        ),
    };
    format!("NULLIF({text}, '')")
}

/// It as a value of the feed's type; NULL where ours holds something else. Times stay texts, which sort.
fn typed(dialect: Dialect, kind: &Kind, text: &str) -> String {
    match (dialect, kind) {
        (Dialect::Postgres, Kind::Integer | Kind::Decimal) => {
            format!(
                "CASE WHEN length({text}) < 1000 AND {text} ~ '^-?[0-9]+([.][0-9]+)?$' THEN CAST({text} AS numeric) END"
            )
        }
        (Dialect::Postgres, Kind::Date { .. }) => {
            let day =
                format!("(CAST(left({text}, 8) || '01' AS date) + CAST(right({text}, 2) AS integer) - 1)");
            format!(
                "CASE WHEN {text} ~ '^(?!0000)[0-9]{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' \
                 THEN CASE WHEN to_char({day}, 'YYYY-MM-DD') = {text} THEN {day} END END"
            )
        }
        (Dialect::MySql | Dialect::MariaDb, Kind::Integer | Kind::Decimal) => {
            let scale = if *kind == Kind::Integer { 0 } else { 30 };
            format!(
                "CASE WHEN {text} REGEXP '^-?[0-9]{{1,35}}([.][0-9]{{1,30}})?$' THEN CAST({text} AS decimal(65, {scale})) END"
            )
        }
        (Dialect::MySql | Dialect::MariaDb, Kind::Date { .. }) => {
            format!(
                "CASE WHEN {text} REGEXP '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' THEN CAST({text} AS date) END"
            )
        }
        (Dialect::Sqlite, Kind::Integer) => {
            format!(
                "CASE WHEN {text} NOT GLOB '*[^0-9-]*' AND length({text}) < 19 THEN CAST({text} AS integer) ELSE {text} END"
            )
        }
        _ => text.to_owned(),
    }
}
