//! The statements on tieout's own tables: runs, files, the fence, the results.

use super::{
    Dialect, Statement, catalogue,
    template::{Fill, template},
};
use crate::model::{Outcome, Reject, StandingOf};

/// Builds them for one dialect.
#[derive(Debug, Clone, Copy)]
pub struct Ledger(pub Dialect);

macro_rules! statement {
    ($self:expr, $name:literal $(, $argument:ident)*) => {
        Fill::default()$(.value(stringify!($argument), $argument))*.render($self.0, template!($name))
    };
}

impl Ledger {
    /// Makes sure that the feed has a fence row.
    pub fn fence_new(self, feed: &str) -> Statement {
        Fill::default().value("feed", feed).render(self.0, template!(self.0, "fence_new"))
    }
    /// The run takes the fence.
    pub fn fence_take(self, feed: &str, run_id: &str, holder: &str) -> Statement {
        statement!(self, "fence_take", feed, run_id, holder)
    }
    /// Who holds the fence: run id, holder.
    pub fn fence_holder(self, feed: &str) -> Statement {
        statement!(self, "fence_holder", feed)
    }
    /// Who holds the fence, locked until the transaction ends.
    pub fn fence_check(self, feed: &str) -> Statement {
        Fill::default().value("feed", feed).render(self.0, template!(self.0, "fence_check"))
    }
    /// The sessions of a run of the feed have this mark.
    pub fn session_note(self, feed: &str, mark: i64, part: &str, process: &str) -> Statement {
        statement!(self, "session_note", feed, mark, part, process)
    }
    /// The marks of sessions of the feed.
    pub fn sessions_noted(self, feed: &str) -> Statement {
        let fill = Fill::default().value("feed", feed).sql("text", self.0.text_type());
        fill.render(self.0, template!("sessions_noted"))
    }
    /// They have ended.
    pub fn session_forget(self, feed: &str, mark: i64) -> Statement {
        statement!(self, "session_forget", feed, mark)
    }
    /// A run begins.
    pub fn run_begin(self, run_id: &str, feed: &str, seq: i64, started_at: &str) -> Statement {
        statement!(self, "run_begin", run_id, feed, seq, started_at)
    }
    /// Marks a run that ends without a commit.
    pub fn run_failed(self, run_id: &str, failure: &str) -> Statement {
        statement!(self, "run_failed", run_id, failure)
    }
    /// Runs of the feed that died before their commit.
    pub fn run_abandon(self, feed: &str, failure: &str) -> Statement {
        statement!(self, "run_abandon", feed, failure)
    }
    /// Those runs.
    pub fn runs_loading(self, feed: &str) -> Statement {
        statement!(self, "runs_loading", feed)
    }
    /// The last run's number.
    pub fn run_last_seq(self, feed: &str) -> Statement {
        statement!(self, "run_last_seq", feed)
    }
    /// The verdict, in the transaction that commits the results.
    pub fn run_reconciled(self, run_id: &str, verdict: &str, finished_at: &str, detail: &str) -> Statement {
        statement!(self, "run_reconciled", run_id, verdict, finished_at, detail)
    }
    /// A later step is done.
    pub fn run_status(self, run_id: &str, status: &str) -> Statement {
        statement!(self, "run_status", run_id, status)
    }
    /// One run: run id, feed, status, detail.
    pub fn run_read(self, run_id: &str) -> Statement {
        statement!(self, "run_read", run_id)
    }
    /// Runs whose export, clean-up or hook is still to be done.
    pub fn runs_unfinished(self, feed: &str) -> Statement {
        statement!(self, "runs_unfinished", feed)
    }
    /// Past runs of one feed, or of all with an empty name.
    pub fn runs_history(self, feed: &str) -> Statement {
        statement!(self, "runs_history", feed)
    }
    /// The feeds that ever ran here.
    pub fn feeds_known(self) -> Statement {
        Fill::default().render(self.0, template!("feeds_known"))
    }
    /// Committed runs that were not told, of feeds like `feeds`.
    pub fn runs_untold(self, feeds: &str) -> Statement {
        statement!(self, "runs_untold", feeds)
    }
    /// Runs beyond the newest so many, whose results may go; also where an open break was last seen, if they `all` may.
    pub fn runs_to_prune(self, feed: &str, keep: u32, all: bool) -> Statement {
        let (keep, all) = (i64::from(keep), i64::from(all));
        statement!(self, "runs_to_prune", feed, keep, all)
    }
    /// Removes a run's results.
    pub fn prune_results(self, run_id: &str) -> Statement {
        statement!(self, "prune_results", run_id)
    }
    /// Removes a run's rejects.
    pub fn prune_rejects(self, run_id: &str) -> Statement {
        statement!(self, "prune_rejects", run_id)
    }
    /// A file is counted.
    pub fn file_add(self, run_id: &str, file_no: i64, feed: &str, name: &str, sha256: &str) -> Statement {
        statement!(self, "file_add", run_id, file_no, feed, name, sha256)
    }
    /// The run that counted a file before: digest, run id, verdict, status.
    pub fn file_seen(self, feed: &str, sha256: &str) -> Statement {
        statement!(self, "file_seen", feed, sha256)
    }
    /// What a file of a source was when it was counted: bytes, modified, version.
    pub fn arrival_read(self, feed: &str, address: &str) -> Statement {
        let fill = Fill::default().value("feed", feed).value("address", address);
        fill.sql("text", self.0.text_type()).render(self.0, template!("arrival_read"))
    }
    /// It is another one by now.
    pub fn arrival_forget(self, feed: &str, address: &str) -> Statement {
        statement!(self, "arrival_forget", feed, address)
    }
    /// A file of a source is counted.
    pub fn arrival_add(
        self,
        feed: &str,
        address: &str,
        name: &str,
        (bytes, modified, version): (i64, &str, &str),
        sha256: &str,
        run_id: &str,
    ) -> Statement {
        statement!(self, "arrival_add", feed, address, name, bytes, modified, version, sha256, run_id)
    }
    /// A rejected row.
    pub fn reject_add(self, run_id: &str, seq: i64, file_no: i64, reject: &Reject) -> Statement {
        let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let (record, line, byte) = (signed(reject.record), signed(reject.line), signed(reject.byte));
        let (column_name, value, reason) = (&reject.column, &reject.value, &reject.reason);
        statement!(self, "reject_add", run_id, seq, file_no, record, line, byte, column_name, value, reason)
    }
    /// Where an element of a file stands in what must follow what.
    pub fn position_add(self, run_id: &str, seq: i64, run_seq: i64, of: StandingOf<'_>) -> Statement {
        let StandingOf { feed, succession, subject, by, file_name, file_sha256, position } = of;
        let line = i64::try_from(position.line).unwrap_or(i64::MAX);
        let ordinal = i64::try_from(position.ordinal).unwrap_or(i64::MAX);
        let (is_first, is_last) = (i64::from(position.first), i64::from(position.last));
        let (number_text, part, day) = (&position.number, &position.part, &position.day);
        let (opening, closing) = (&position.opening, &position.closing);
        statement!(
            self,
            "position_add",
            run_id,
            seq,
            run_seq,
            feed,
            succession,
            subject,
            by,
            number_text,
            part,
            day,
            is_first,
            is_last,
            opening,
            closing,
            file_name,
            file_sha256,
            ordinal,
            line
        )
    }
    /// What runs before noted within a subject, in the order of the runs and their files.
    pub fn positions(self, feed: &str, subject: &str) -> Statement {
        statement!(self, "positions", feed, subject)
    }
    /// A run's rejects in order.
    pub fn read_rejects(self, run_id: &str) -> Statement {
        statement!(self, "read_rejects", run_id)
    }
    /// How many rejects a run has.
    pub fn count_rejects(self, run_id: &str) -> Statement {
        statement!(self, "count_rejects", run_id)
    }
    /// A run's results in order.
    pub fn read_results(self, run_id: &str) -> Statement {
        statement!(self, "read_results", run_id)
    }
    /// A run's results of some outcomes, in their order or in reverse.
    pub fn read_results_of(self, run_id: &str, outcomes: &[Outcome], reverse: bool) -> Statement {
        let names: Vec<String> = outcomes.iter().map(|outcome| self.0.literal(outcome.name())).collect();
        Fill::default()
            .sql("outcomes", names.join(", "))
            .sql("direction", if reverse { "DESC" } else { "ASC" })
            .value("run_id", run_id)
            .render(self.0, template!("read_results_of"))
    }
    /// The columns of a table of ours: name, declared type, may be NULL, is generated, what hinders corrections.
    pub fn our_columns(self, table: &[String]) -> Statement {
        let (schema, name) = catalogue::looked_up(self.0, table);
        Fill::default()
            .value("schema", &schema)
            .value("table", &name)
            .render(self.0, template!(self.0, "our_columns"))
    }
    /// A run's results per outcome.
    pub fn count_results(self, run_id: &str) -> Statement {
        statement!(self, "count_results", run_id)
    }
}
