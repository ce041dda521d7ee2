//! What is noted of one column while a document is read, and the warnings that come of it.

use super::codes::Codes;
use crate::{convert::paths::CompiledColumn, error::printable, feed::Presence};

/// What is noted of one column.
#[derive(Debug, Clone, Default)]
pub(super) struct ColumnNotes {
    /// Some path of it matched something.
    pub matched: bool,
    /// Its sign codes that were taken as positive.
    pub codes: Codes,
    /// Line of the first row without a value.
    first_null: u64,
    /// The pattern does not match the value of the current row.
    pub unmatched: bool,
    /// Rows whose value the pattern does not match, and the line of the first.
    all_unmatched: (u64, u64),
}

impl ColumnNotes {
    /// The current row was written, and stands on this line. `nulls`: rows without a value, with this one.
    pub fn row(&mut self, line: u64, nulls: u64) {
        self.codes.count();
        if nulls > 0 && self.first_null == 0 {
            self.first_null = line;
        }
        if self.unmatched {
            let (rows, first) = self.all_unmatched;
            self.all_unmatched = (rows + 1, if rows == 0 { line } else { first });
        }
    }

    /// Warnings of the column: of so many rows, so many have no value.
    pub fn warnings(&self, column: &CompiledColumn<'_>, rows: u64, nulls: u64) -> Vec<String> {
        let name = &column.column.name;
        let presence = column.column.source.presence;
        let mut warnings = Vec::new();
        if rows > 0 && !self.matched && !column.routes.is_empty() && presence != Presence::Optional {
            let paths: Vec<&str> = column.routes.iter().map(|route| route.text.as_str()).collect();
            warnings.push(format!("column {name}: {} matched nothing in the whole file", paths.join(", ")));
        }
        if nulls > 0 && presence == Presence::Expected {
            let first = self.first_null;
            warnings.push(format!(
                "column {name}: {nulls} of {rows} rows have no value, the first on line {first}"
            ));
        }
        let (unmatched, first) = self.all_unmatched;
        if unmatched > 0 && presence != Presence::Optional {
            warnings.push(format!(
                "column {name}: pattern does not match the value of {unmatched} of {rows} rows, the first on line \
                 {first}; they were read as no value (optional = true says that this is meant)"
            ));
        }
        if let Some(codes) = self.codes.told() {
            warnings.push(format!(
                "column {name}: sign took codes as positive that no list names, in so many rows: {}; name them in \
                 positive, and others are bad rows",
                printable(&codes)
            ));
        }
        warnings
    }
}
