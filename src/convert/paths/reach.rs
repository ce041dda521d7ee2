//! Paths that reach what cannot be right while a document streams by: they are refused before it is read.

use super::compiler::Compiler;
use crate::feed::path::{Condition, Operand, Path, Predicate, SELF, Step};

impl Compiler<'_> {
    /// An absolute path may lead into a row only where a value is read of it.
    pub fn refuse_into_row(&mut self, path: &Path) {
        if !path.absolute || self.within_row(path).is_some() {
            return;
        }
        let meets = |a: &Step, b: &Step| a.name == b.name || a.name == "*" || b.name == "*";
        let leads = self.feed.xml.row.iter().any(|row| {
            let mut starts = if row.absolute { 0..1 } else { 0..path.steps.len() };
            starts.any(|start| {
                let rest = &path.steps[start.min(path.steps.len())..];
                rest.len() >= row.steps.len() && rest.iter().zip(&row.steps).all(|(a, b)| meets(a, b))
            })
        });
        if leads {
            let what = format!(
                "{} may lead into the row itself: write it from the row, without a leading `/`",
                path.text
            );
            self.mistakes.push(what);
        }
    }

    /// A step of the path may name a row element.
    pub fn leads_into_rows(&self, path: &Path) -> bool {
        let rows: Vec<&Step> = self.feed.xml.row.iter().filter_map(|row| row.steps.last()).collect();
        path.steps.iter().any(|step| step.name != SELF && rows.iter().any(|row| row.name == step.name))
    }

    /// A control's path is followed when an element with rows ends. What stands above that element, perhaps behind it,
    /// is then no part of a condition that could be right.
    pub fn check_upwards(&mut self, path: &Path) {
        let rows = self.feed.xml.row.iter().flat_map(|row| &row.steps[..row.steps.len() - 1]);
        let holders: Vec<&str> = rows.map(|step| step.name.as_str()).collect();
        for (n, step) in path.steps.iter().enumerate() {
            for up in step.predicates.iter().map(highest).filter(|up| *up > 0) {
                let passed = &path.steps[(n + 1).saturating_sub(up)..=n];
                let has_rows = |step: &Step| step.name == "*" || holders.contains(&step.name.as_str());
                if up > n + 1 {
                    self.mistakes.push(format!(
                        "{}: `..` leads above where the control's path begins: begin `per` or the path further up",
                        path.text
                    ));
                } else if passed.iter().any(has_rows) {
                    self.mistakes.push(format!(
                        "{}: `..` leads out of an element with rows: check once per that element, by `per`",
                        path.text
                    ));
                }
            }
        }
    }
}

/// How far the paths of a predicate go up at most.
fn highest(predicate: &Predicate) -> usize {
    fn of(condition: &Condition) -> usize {
        match condition {
            Condition::Compares(path, _, operands) => {
                let others = operands
                    .iter()
                    .map(|operand| if let Operand::Path(path) = operand { path.up } else { 0 });
                others.max().unwrap_or(0).max(path.up)
            }
            Condition::Exists(path) => path.up,
            Condition::Not(inner) => of(inner),
            Condition::And(list) | Condition::Or(list) => list.iter().map(of).max().unwrap_or(0),
        }
    }
    match predicate {
        Predicate::Nth(_) => 0,
        Predicate::Holds(condition) => of(condition),
    }
}
