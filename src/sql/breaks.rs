//! The statements of the life of breaks: what a run saw, what it found gone, and what a person accepted.

use super::{
    Dialect, Ledger, Piece, Statement, Value,
    template::{Fill, template},
    work::Work,
};
use crate::feed::Column;

/// A run, as its breaks are told of.
#[derive(Debug, Clone, Copy)]
pub struct OfRun<'a> {
    /// The feed.
    pub feed: &'a str,
    /// The run.
    pub run_id: &'a str,
    /// When it began: UTC.
    pub now: &'a str,
    /// A digest of what it asked of ours; empty where the answer may change though neither side does.
    pub scope: &'a str,
    /// A digest of the columns of its key.
    pub key_columns: &'a str,
}

impl Ledger {
    /// Every break of the run is open. `counts` says whether the run is one more that has seen it.
    pub fn breaks_seen(self, run: OfRun<'_>, counts: bool) -> Statement {
        let OfRun { feed, run_id, now, scope, key_columns } = run;
        Fill::default()
            .sql("step", if counts { "1" } else { "0" })
            .value("feed", feed)
            .value("run_id", run_id)
            .value("now", now)
            .value("scope", scope)
            .value("key_columns", key_columns)
            .render(self.0, template!(self.0, "breaks_seen"))
    }
    /// What the ledger says of them, in the run's results too.
    pub fn life(self, run: OfRun<'_>) -> Statement {
        of_run(run).render(self.0, template!(self.0, "life"))
    }
    /// What was accepted before a run had seen it.
    pub fn accepted_bind(self, run: OfRun<'_>) -> Statement {
        of_run(run).render(self.0, template!("accepted_bind"))
    }
    /// The breaks of the run that are accepted on this day, by `command` or by `file`.
    pub fn accepted(self, run: OfRun<'_>, origin: &str, today: &str) -> Statement {
        let fill = of_run(run).value("origin", origin).value("today", today);
        fill.render(self.0, template!(self.0, "accepted"))
    }
    /// What was accepted by `command` or by `file`.
    pub fn accepted_read(self, feed: &str, origin: &str) -> Statement {
        Fill::default().value("feed", feed).value("origin", origin).render(self.0, template!("accepted_read"))
    }
    /// A break is accepted, for this reason, until this day, by this owner; the fingerprint is empty where no run has
    /// seen it.
    pub fn accepted_add(
        self,
        feed: &str,
        break_id: &str,
        origin: &str,
        [reason, until, owner]: [&str; 3],
        now: &str,
        fingerprint: &str,
    ) -> Statement {
        Fill::default()
            .value("feed", feed)
            .value("break_id", break_id)
            .value("origin", origin)
            .value("reason", reason)
            .value("until", until)
            .value("owner", owner)
            .value("now", now)
            .value("fingerprint", fingerprint)
            .render(self.0, template!("accepted_add"))
    }
    /// It is accepted no more.
    pub fn accepted_remove(self, feed: &str, break_id: &str, origin: &str) -> Statement {
        let fill = Fill::default().value("feed", feed).value("break_id", break_id);
        fill.value("origin", origin).render(self.0, template!("accepted_remove"))
    }
    /// One break.
    pub fn break_read(self, break_id: &str) -> Statement {
        Fill::default().value("break_id", break_id).render(self.0, template!("break_read"))
    }
    /// The open breaks of a feed, oldest first: accepted on this day, and timing with this cut-off.
    pub fn breaks_open(self, feed: &str, today: &str, cut_off: &str) -> Statement {
        let fill = Fill::default().value("feed", feed).value("today", today).value("cut_off", cut_off);
        fill.render(self.0, template!("breaks_open"))
    }
    /// The breaks of the run with these numbers are a matter of timing, up to this cut-off.
    pub fn timing(self, run_id: &str, until: &str, rows: &[i64]) -> Statement {
        let number = |row: &i64| Piece::Bind { value: Value::Int(*row), cast: None };
        let mut numbers: Vec<Piece> = Vec::new();
        for row in rows {
            if !numbers.is_empty() {
                numbers.push(Piece::Sql(", ".into()));
            }
            numbers.push(number(row));
        }
        let fill = Fill::default().value("run_id", run_id).value("until", until).pieces("rows", numbers);
        fill.render(self.0, template!("timing"))
    }
    /// How many of them no person accepted, per outcome.
    pub fn count_timing(self, run_id: &str) -> Statement {
        Fill::default().value("run_id", run_id).render(self.0, template!("count_timing"))
    }
    /// The summaries of the feed's last reconciled runs.
    pub fn runs_before(self, feed: &str) -> Statement {
        Fill::default().value("feed", feed).render(self.0, template!("runs_before"))
    }
    /// How many open breaks of the feed the run did not find.
    pub fn breaks_unseen(self, run: OfRun<'_>) -> Statement {
        of_run(run).render(self.0, template!("breaks_unseen"))
    }
    /// Those of them that ours surely has no more.
    pub fn clear_gone(self, run: OfRun<'_>) -> Statement {
        let d = self.0;
        // Twice in ours, the row is a break of another id: told by the first of them.
        let run_id = d.literal(run.run_id);
        let not_several = if d.has_sha256() {
            let id = break_id(d, run.feed, "b.row_key", "'duplicate_in_ours'", "'1'");
            format!(
                "NOT EXISTS (SELECT 1 FROM tieout_breaks AS d\n      WHERE d.feed = b.feed AND d.last_run = {run_id} AND d.break_id = {id})"
            )
        } else {
            format!(
                "b.row_key NOT IN (SELECT r.row_key FROM tieout_results AS r\n      WHERE r.run_id = {run_id} AND r.outcome = 'duplicate_in_ours')"
            )
        };
        of_run(run)
            .sql("not_several", not_several)
            .value("scope", run.scope)
            .render(d, template!("clear_gone"))
    }
    /// What the run found gone is open no more.
    pub fn mark_cleared(self, run: OfRun<'_>) -> Statement {
        of_run(run).render(self.0, template!("mark_cleared"))
    }
    /// How many breaks of the run are new, known and so on.
    pub fn count_life(self, run_id: &str) -> Statement {
        Fill::default().value("run_id", run_id).render(self.0, template!("count_life"))
    }
    /// How many breaks of the feed are open, and since when the oldest.
    pub fn count_open(self, feed: &str) -> Statement {
        Fill::default().value("feed", feed).render(self.0, template!("count_open"))
    }
    /// The digests of the files of the feed's last reconciled run.
    pub fn files_before(self, feed: &str) -> Statement {
        Fill::default().value("feed", feed).render(self.0, template!("files_before"))
    }
    /// What a run found gone.
    pub fn read_cleared(self, run_id: &str) -> Statement {
        Fill::default().value("run_id", run_id).render(self.0, template!("read_cleared"))
    }
    /// Forgets what a run found gone …
    pub fn prune_cleared(self, run_id: &str) -> Statement {
        Fill::default().value("run_id", run_id).render(self.0, template!("prune_cleared"))
    }
    /// … and, before that, the breaks themselves.
    pub fn prune_breaks(self, feed: &str, run_id: &str) -> Statement {
        Fill::default().value("feed", feed).value("run_id", run_id).render(self.0, template!("prune_breaks"))
    }
    /// Fills in what SQLite cannot compute: a JSON list of rows, each `[seq, checksum of ours or null, id, fingerprint]`.
    /// None where the server computes it.
    #[must_use]
    pub fn identify(self, run_id: &str, rows: &str) -> Option<Statement> {
        if self.0.has_sha256() {
            return None;
        }
        let fill = Fill::default().value("run_id", run_id).value("rows", rows);
        Some(fill.render(self.0, template!("sqlite" / "identify")))
    }
}

fn of_run(run: OfRun<'_>) -> Fill<'_> {
    Fill::default().value("feed", run.feed).value("run_id", run.run_id)
}

impl Work<'_> {
    /// The newest value of theirs in the column of this place.
    pub fn newest(&self, column: usize) -> Statement {
        let name = self.dialect.quote(&self.feed.columns[column].name);
        let fill = Fill::default().sql("column", name).sql("stage", &*self.stage);
        fill.render(self.dialect, template!("newest"))
    }

    /// Open breaks whose key both sides have in this run, and met.
    pub fn clear_met(&self, run: OfRun<'_>) -> Statement {
        let d = self.dialect;
        let fill = Fill::default()
            .value("feed", run.feed)
            .value("run_id", run.run_id)
            .value("key_columns", run.key_columns)
            .sql("stage", &*self.stage)
            .sql("join", &*self.join);
        if d.keeps_json() {
            let their_key = self.their_fields(Column::is_key);
            return fill.sql("their_key", their_key).render(d, template!("sqlite" / "clear_met"));
        }
        let bytes = d.text_of_bytes();
        let equal: Vec<String> = (self.key_columns().enumerate())
            .map(|(n, column)| {
                let field = d.field("o.row_key", n + 1);
                format!("s.{} = {field}{bytes}{}", d.quote(&column.name), d.compare_bytes())
            })
            .collect();
        fill.sql("on", equal.join(" AND ")).render(d, template!(d, "clear_met"))
    }
}

/// The id of the n-th break of a kind within a key: the same in every run, and that which the program computes.
pub fn break_id(dialect: Dialect, feed: &str, row_key: &str, outcome: &str, nth: &str) -> String {
    let line = dialect.literal("\n");
    let texts = [
        dialect.literal(&format!("{feed}\n")),
        row_key.into(),
        line.clone(),
        outcome.into(),
        line,
        nth.into(),
    ];
    let digest = dialect.sha256(&dialect.concatenated(&texts.map(String::from)));
    if dialect.has_sha256() { format!("substr({digest}, 1, 32)") } else { digest }
}
