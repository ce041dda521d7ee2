//! The statements for keys that occur more than once: their rows leave the join, cancel, and come back.

use super::{
    Piece, Statement, encode,
    template::{Fill, template},
    work::Work,
};
use crate::feed::{Column, Equality};

impl Work<'_> {
    /// Takes keys that occur more than once out of the join. With `unique`, an index says that no key occurs twice in ours.
    pub fn take_ties(&self, unique: bool) -> Vec<Statement> {
        let d = self.dialect;
        let row = d.row(&self.equal_fields());
        let grouped = |fields: String| d.grouped(fields);
        let [their_key, their_compared] =
            [Column::is_key, Column::compared].map(|c| grouped(self.their_fields(c)));
        let our_key = grouped(self.our_fields("j.ours", Column::is_key));
        let our_compared = grouped(self.our_fields("j.ours", Column::compared));
        let fill = || Fill::default().sql("tie", &*self.tie).sql("join", &*self.join);
        let theirs = Fill::default()
            .sql("tie", &*self.tie)
            .sql("stage", &*self.stage)
            .sql("their_key", their_key)
            .sql("their_compared", their_compared)
            .sql("equal_row", &*row);
        let met = fill().sql("our_compared", &*our_compared).render(d, template!("tie_ours"));
        let remove_met = fill().render(d, template!("tie_remove_met"));
        if unique {
            return vec![theirs.render(d, template!("tie_theirs_unique")), met, remove_met];
        }
        let no_key = grouped(encode::join(&*d, &vec!["''".to_owned(); self.key_columns().count()]));
        let alone = fill().sql("our_key", our_key).sql("our_compared", our_compared).sql("no_key", no_key);
        let bare_key = grouped(self.our_fields("ours", Column::is_key));
        vec![
            theirs.sql("join", &*self.join).render(d, template!("tie_theirs")),
            met,
            alone.render(d, template!("tie_ours_alone")),
            remove_met,
            fill().sql("our_key_bare", bare_key).render(d, template!("tie_remove_alone")),
        ]
    }

    /// What is left of them where a tolerance or `ignore_case` may make more rows equal; `None` where no column has either.
    #[must_use]
    pub fn loose_ties(&self) -> Option<Statement> {
        if !self.is_loose() {
            return None;
        }
        let d = self.dialect;
        let (mut agreeing, mut loose) = (Vec::new(), Vec::new());
        for (n, column) in self.feed.columns.iter().enumerate().filter(|(_, c)| c.compared() && !c.is_key()) {
            let text = d.field("ours", n + 1);
            match column.comparison.equality() {
                Equality::Exact => agreeing.push(text),
                Equality::IgnoreCase => {
                    agreeing.push(d.lower(&text));
                    loose.push(text);
                }
                Equality::Within(_) => {
                    // What is no number agrees with the same text only.
                    let no_number = d.not_number(&text);
                    agreeing.push(format!("CASE WHEN {no_number} THEN {text} ELSE '#' END"));
                    loose.push(format!("CASE WHEN {no_number} THEN '' ELSE {text} END"));
                }
            }
        }
        let fill = Fill::default()
            .sql("tie", &*self.tie)
            .sql("agreeing", d.grouped(encode::join(&*d, &agreeing)))
            .sql("loose", encode::join(&*d, &loose));
        Some(fill.render(d, template!("tie_loose")))
    }

    /// A multi-row INSERT of so many partners; a row's id and the group of its partner are bound for each.
    pub fn near_ties(&self, rows: usize) -> Statement {
        let d = self.dialect;
        let row = |n: usize| {
            let [id, group] = [2 * n + 1, 2 * n + 2].map(|n| d.placeholder(n));
            format!("('near', {id}, '', {group}, '')")
        };
        let rows: Vec<String> = (0..rows).map(row).collect();
        Fill::default()
            .sql("tie", &*self.tie)
            .pieces("rows", vec![Piece::Sql(rows.join(", "))])
            .render(d, template!("tie_near"))
    }

    /// Cancels equal rows and puts the rest back.
    pub fn resolve_ties(&self) -> Statement {
        let d = self.dialect;
        // JSON escapes quotes, and so sorts otherwise than the text that the other databases sort by.
        let order = if d.keeps_json() { self.our_fields("ours", |_| true) } else { "ours".into() };
        let (rows, their_order) = if self.is_loose() {
            // A row of theirs with a partner stands behind those that equal it.
            let near = format!(
                "(SELECT t.side, t.tieout_id, t.key_group, COALESCE(n.row_group, t.row_group) AS row_group, t.ours, \
                 CASE WHEN n.side IS NULL THEN 0 ELSE 1 END AS near \
                 FROM {tie} AS t LEFT JOIN {tie} AS n ON n.tieout_id = t.tieout_id AND n.side = 'near' \
                 WHERE t.side <> 'near') AS paired",
                tie = self.tie
            );
            (near, "near, tieout_id")
        } else {
            (self.tie.clone(), "tieout_id")
        };
        Fill::default()
            .sql("join", &*self.join)
            .sql("our_order", order)
            .sql("rows", rows)
            .sql("their_order", their_order)
            .render(d, template!("tie_resolve"))
    }

    fn is_loose(&self) -> bool {
        self.feed.columns.iter().any(|column| column.compared() && !column.exact())
    }
}
