//! What a reconciliation works on, and its statements between the load and the results, in their order.

use crate::{
    error::Result,
    feed::Feed,
    model::{Converted, OursShape, Reject},
    sql::{Audit, Dialect, Statement, Work},
};

/// What the reconciliation works on.
pub struct Task<'a> {
    /// The feed.
    pub feed: &'a Feed,
    /// Our side.
    pub shape: &'a OursShape,
    /// The run.
    pub run_id: &'a str,
    /// What the files held.
    pub converted: &'a [Converted],
    /// Rows that could not be converted: (file number, reject).
    pub rejects: &'a [(u32, Reject)],
}

/// The statements between the load and the results, in order. `plan` prints them and `reconcile`
/// executes them.
///
/// # Errors
/// `Usage` where a parameter has no value.
pub fn statements(dialect: Dialect, task: &Task<'_>) -> Result<Steps> {
    let work = Work::new(dialect, task.feed);
    let audit = Audit::new(task.feed.results.audit, task.converted.iter().map(|file| file.rows).sum());
    Ok(Steps {
        count_stage: work.count_stage(),
        count_parents: work.count_parents(),
        mark_repeats: work.mark_repeats(),
        unmark: work.unmark(),
        join: work.join(&task.shape.columns, &task.shape.parameters, audit)?,
        totals: work.total_statements(),
        unmet: work.unmet(),
        analyze_join: work.analyze_join(),
        count_join: work.count_join(audit),
        take_ties: work.take_ties(task.shape.unique_key),
        loose_ties: work.loose_ties(),
        resolve_ties: work.resolve_ties(),
        record: work.record(task.run_id),
    })
}

/// The statements of one reconciliation.
pub struct Steps {
    /// Rows staged.
    pub count_stage: Statement,
    /// Elements without rows, where ours reads them.
    pub count_parents: Option<Statement>,
    /// Keys that theirs has more than once.
    pub mark_repeats: Statement,
    /// Rows marked in vain.
    pub unmark: Statement,
    /// The one statement that reads ours.
    pub join: Statement,
    /// Control totals: (column, theirs, ours).
    pub totals: Vec<(usize, Statement, Statement)>,
    /// Rows of theirs that met nothing.
    pub unmet: Option<Statement>,
    /// Statistics of the join.
    pub analyze_join: Option<Statement>,
    /// Rows per outcome.
    pub count_join: Statement,
    /// Takes keys that occur more than once out of the join.
    pub take_ties: Vec<Statement>,
    /// What a tolerance or letter case may leave of them.
    pub loose_ties: Option<Statement>,
    /// Puts them back.
    pub resolve_ties: Statement,
    /// The results.
    pub record: Statement,
}

impl Steps {
    /// All of them in the order in which they run.
    #[must_use]
    pub fn in_order(&self) -> Vec<&Statement> {
        let mut all = vec![&self.count_stage];
        all.extend(&self.count_parents);
        all.extend([&self.mark_repeats, &self.unmark, &self.join]);
        all.extend(self.totals.iter().flat_map(|(_, theirs, ours)| [theirs, ours]));
        all.extend(&self.unmet);
        all.extend(&self.analyze_join);
        all.push(&self.count_join);
        all.extend(self.take_ties.iter().chain(&self.loose_ties));
        all.extend([&self.resolve_ties, &self.count_join, &self.record]);
        all
    }
}
