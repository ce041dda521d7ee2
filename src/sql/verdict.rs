//! The statements of the verdict: from counting the stage to the results and the control totals.

use super::{
    Audit, Dialect, Locking, Piece, Statement,
    breaks::break_id,
    differs::differs,
    encode,
    our_side::OurSide,
    ours::{self, Theirs},
    server::MAX_DIGITS,
    template::{Fill, template},
    work::{Work, total_columns},
};
use crate::{
    error::Result,
    feed::Column,
    model::{OurColumn, Parameters, row_id},
};

impl Work<'_> {
    /// Rows staged and the sums of their file and record numbers.
    pub fn count_stage(&self) -> Statement {
        let (file_no, record) = row_id_parts(self.dialect, "tieout_id");
        Fill::default()
            .sql("stage", &*self.stage)
            .sql("file_no", file_no)
            .sql("record", record)
            .render(self.dialect, template!("count_stage"))
    }

    /// Elements without rows that were loaded, where ours reads them.
    #[must_use]
    pub fn count_parents(&self) -> Option<Statement> {
        let fill = Fill::default().sql("parents", &**self.parents.as_ref()?);
        Some(fill.render(self.dialect, template!("count_parents")))
    }

    /// Rows, rows of theirs with the sums of their numbers, and audited pairs per outcome in the join.
    pub fn count_join(&self, audit: Audit) -> Statement {
        let (file_no, record) = row_id_parts(self.dialect, "tieout_id");
        Fill::default()
            .sql("join", &*self.join)
            .sql("file_no", file_no)
            .sql("record", record)
            .sql("sampled", audit.sampled(self.dialect, "tieout_id"))
            .render(self.dialect, template!("count_join"))
    }

    /// Marks the rows of keys that occur more than once in theirs.
    pub fn mark_repeats(&self) -> Statement {
        let d = self.dialect;
        let same: Vec<String> = self
            .key_columns()
            .map(|c| {
                let name = d.quote(&c.name);
                format!("t.{name} = d.{name}")
            })
            .collect();
        Fill::default()
            .sql("stage", &*self.stage)
            .sql("keys", self.keys(""))
            .sql("t_keys", self.keys("t."))
            .sql("t_is_d", same.join(" AND "))
            .render(d, template!(d, "mark_repeats"))
    }

    /// Takes the converter's mark off rows whose key occurs once.
    pub fn unmark(&self) -> Statement {
        Fill::default().sql("stage", &*self.stage).render(self.dialect, template!("unmark"))
    }

    /// The SELECT of ours, for describing its types: no row is read.
    ///
    /// # Errors
    /// `Usage` where a parameter has no value.
    pub fn ours(&self, parameters: &Parameters) -> Result<Statement> {
        let mut pieces = ours::select(self.dialect, self.feed, self.theirs(), parameters)?;
        pieces.insert(0, Piece::Sql("SELECT * FROM (\n".into()));
        pieces.push(Piece::Sql("\n) AS ours WHERE 1 = 0".into()));
        Ok(Statement::new("ours", Locking::ReadsOurs, pieces))
    }

    /// The canonical keys of so many rows of ours, whichever they are.
    ///
    /// # Errors
    /// As [`Self::join`].
    pub fn key_sample(
        &self,
        types: &[(usize, OurColumn)],
        parameters: &Parameters,
        limit: usize,
    ) -> Result<Statement> {
        let side = OurSide::new(self, types, Audit::Off)?;
        let mut pieces = vec![Piece::Sql(format!("SELECT {}\nFROM (\n", side.canonical_keys()))];
        pieces.extend(ours::select(self.dialect, self.feed, self.theirs(), parameters)?);
        pieces.push(Piece::Sql(format!("\n) AS ours LIMIT {limit}")));
        Ok(Statement::new("ours", Locking::ReadsOurs, pieces))
    }

    /// The one statement that reads ours, and what completes it on servers without FULL JOIN. The pairs of
    /// `audit` are compared by value too.
    ///
    /// # Errors
    /// `Usage` where a parameter has no value; `Internal` where `types` lacks a column.
    pub fn join(
        &self,
        types: &[(usize, OurColumn)],
        parameters: &Parameters,
        audit: Audit,
    ) -> Result<Statement> {
        let d = self.dialect;
        let ours = ours::select(d, self.feed, self.theirs(), parameters)?;
        let side = OurSide::new(self, types, audit)?;
        let fill = Fill::default()
            .sql("stage", &*self.stage)
            .sql("join", &*self.join)
            .pieces("ours", ours)
            .sql("canonical", side.canonical_columns())
            .sql("presence", side.presence())
            .sql("on", side.on())
            .sql("same", side.same())
            .sql("our_row", side.row())
            .sql("total_names", side.total_names())
            .sql("total_values", side.total_values());
        Ok(fill.render(d, template!(d, "join")))
    }

    /// Statistics of the join for the statements that follow; `None` where they need none.
    #[must_use]
    pub fn analyze_join(&self) -> Option<Statement> {
        if !self.dialect.needs_statistics() {
            return None;
        }
        let analyze = template!("postgres" / "analyze_join");
        Some(Fill::default().sql("join", &*self.join).render(self.dialect, analyze))
    }

    /// Statistics of the stage, for an estimate; `None` where the server counts rows by itself.
    #[must_use]
    pub fn analyze_stage(&self) -> Option<Statement> {
        if !self.dialect.needs_statistics() {
            return None;
        }
        let analyze = template!("postgres" / "analyze_stage");
        Some(Fill::default().sql("stage", &*self.stage).render(self.dialect, analyze))
    }

    /// Rows of theirs that met nothing; `None` where the join itself finds them.
    #[must_use]
    pub fn unmet(&self) -> Option<Statement> {
        if self.dialect.has_full_join() {
            return None;
        }
        let fill = Fill::default().sql("stage", &*self.stage).sql("join", &*self.join);
        Some(fill.render(self.dialect, template!("unmet")))
    }

    /// Writes every break into the results.
    pub fn record(&self, run_id: &str) -> Statement {
        let d = self.dialect;
        let ours_row = if d.keeps_json() { self.our_fields("j.ours", |_| true) } else { "j.ours".into() };
        let all_exact = self.feed.columns.iter().all(Column::exact);
        let exact = if all_exact { ours_row.clone() } else { self.our_fields("j.ours", Column::exact) };
        let wanted =
            if self.feed.results.matched { "1 = 1" } else { "j.outcome <> 'pair' OR j.ours IS NOT NULL" };
        let (file_no, record) = row_id_parts(d, "j.tieout_id");
        let theirs = self.their_field_list(Column::compared);
        let ours = self.our_field_list("j.ours", Column::compared);
        let digest = |fields: &[String]| d.sha256(&encode::join(&*d, fields));
        let nth = format!("CAST(n.nth AS {})", d.text_type());
        Fill::default()
            .sql("stage", &*self.stage)
            .sql("join", &*self.join)
            .sql("their_fingerprint", digest(&theirs))
            .sql("our_fingerprint", digest(&ours))
            .sql("fingerprint", digest(&[theirs, ours].concat()))
            .sql("break_id", break_id(d, &self.feed.name, "n.row_key", "n.outcome", &nth))
            .sql("differing", self.differing())
            .sql("our_key", self.our_fields("j.ours", Column::is_key))
            .sql("their_key", self.their_fields(Column::is_key))
            .sql("their_row", self.their_fields(|_| true))
            .sql("equal_row", encode::join(&*d, &self.equal_fields()))
            .sql("our_row", ours_row)
            .sql("our_checksum", d.sha256(&exact))
            .sql("file_no", file_no)
            .sql("record", record)
            .sql("wanted", wanted)
            .value("run_id", run_id)
            .render(d, template!("record"))
    }

    /// Control totals of both sides, per column with `total_by`: (column, theirs, ours).
    #[must_use]
    pub fn total_statements(&self) -> Vec<(usize, Statement, Statement)> {
        let d = self.dialect;
        self.totals()
            .into_iter()
            .map(|(n, by)| {
                let [amount, group] = total_columns(n);
                let theirs = Fill::default()
                    .sql("stage", &*self.stage)
                    .sql("group", d.quote(&self.feed.columns[by].name))
                    .sql("amount", d.quote(&self.feed.columns[n].name))
                    .render(d, template!(d, "totals_theirs"));
                let ours = Fill::default()
                    .sql("join", &*self.join)
                    .sql("group", group)
                    .sql("amount", amount)
                    .sql("max_digits", MAX_DIGITS.to_string())
                    .render(d, template!(d, "totals_ours"));
                (n, theirs, ours)
            })
            .collect()
    }

    fn theirs(&self) -> Theirs<'_> {
        Theirs { stage: &self.stage, parents: self.parents.as_deref() }
    }

    /// Compared columns with `total_by` and the column that groups them.
    pub(super) fn totals(&self) -> Vec<(usize, usize)> {
        let columns = self.feed.columns.iter().enumerate();
        columns
            .filter(|(_, c)| c.compared())
            .filter_map(|(n, c)| c.comparison.total_by().map(|by| (n, by)))
            .collect()
    }

    pub(super) fn key_columns(&self) -> impl Iterator<Item = &Column> {
        self.feed.columns.iter().filter(|c| c.is_key())
    }

    pub(super) fn keys(&self, prefix: &str) -> String {
        let names: Vec<String> =
            self.key_columns().map(|c| format!("{prefix}{}", self.dialect.quote(&c.name))).collect();
        names.join(", ")
    }

    pub(super) fn their_fields(&self, which: impl Fn(&Column) -> bool) -> String {
        encode::join(&*self.dialect, &self.their_field_list(which))
    }

    /// The fields of a row of ours that equals one of theirs; what ours is not asked for has no value.
    pub(super) fn equal_fields(&self) -> Vec<String> {
        let asked = |c: &Column| self.feed.ours.as_ref().is_some_and(|ours| ours.asks(c));
        let columns = self.feed.columns.iter();
        let field = |c| if asked(c) { format!("s.{}", self.dialect.quote(&c.name)) } else { "''".into() };
        columns.map(field).collect()
    }

    pub(super) fn our_fields(&self, row: &str, which: impl Fn(&Column) -> bool) -> String {
        encode::join(&*self.dialect, &self.our_field_list(row, which))
    }

    fn their_field_list(&self, which: impl Fn(&Column) -> bool) -> Vec<String> {
        let columns = self.feed.columns.iter().filter(|c| which(c));
        columns.map(|c| format!("s.{}", self.dialect.quote(&c.name))).collect()
    }

    fn our_field_list(&self, row: &str, which: impl Fn(&Column) -> bool) -> Vec<String> {
        let columns = self.feed.columns.iter().enumerate().filter(|(_, c)| which(c));
        columns.map(|(n, _)| self.dialect.field(row, n + 1)).collect()
    }

    /// The names of the differing columns of a pair, each followed by `;`, in the feed's order.
    fn differing(&self) -> String {
        let d = self.dialect;
        let cases: Vec<String> = (self.feed.columns.iter().enumerate())
            .filter(|(_, c)| c.compared())
            .map(|(n, c)| {
                let theirs = format!("s.{}", d.quote(&c.name));
                let ours = d.field("j.ours", n + 1);
                let differs = differs(d, c, &theirs, &ours);
                format!("CASE WHEN {differs} THEN {} ELSE '' END", d.literal(&format!("{};", c.name)))
            })
            .collect();
        d.concatenated(&cases)
    }
}

/// A row's file number and record number, out of its id.
fn row_id_parts(dialect: Dialect, id: &str) -> (String, String) {
    let [quotient, rest] = dialect.divide().map(|operator| format!("{id} {operator} {}", row_id::RECORDS));
    (quotient, rest)
}
