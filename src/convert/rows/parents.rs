//! Elements in which rows could stand and none was written → rows of their own, apart from the others: ours may be asked
//! for all that a file names, and an account without movements is named too.

use super::{bad::NoRow, element::Index, records::Records, values::ValueReader};
use crate::{
    convert::{
        chunks::Chunks,
        location::Location,
        paths::{Ancestors, CompiledColumn, Context, ElementId, Tree},
    },
    error::Result,
    feed::{BadRows, ValueFrom},
};

/// Such an element, at its end, and what is remembered of the document.
pub(super) struct EndedParent<'t> {
    pub tree: &'t Tree,
    pub index: &'t Index,
    pub ancestors: &'t mut Ancestors,
    pub node: ElementId,
    /// So many levels beneath it a row would stand; `usize::MAX`: nobody knows.
    pub levels: usize,
    /// Where it begins.
    pub place: Location<'t>,
}

impl Records<'_> {
    /// The element has ended without rows: it has the values that rows in it would read of it and from above it. One that
    /// cannot be read is a bad row; one without any value says nothing.
    pub(super) fn parent(&mut self, mut ended: EndedParent<'_>) -> Result<()> {
        let place = Location { name: self.document.name, ..ended.place };
        let mut chunks = match self.parents.take() {
            Some(chunks) => chunks,
            None => Chunks::of_parents(self.set, self.file_no)?,
        };
        let read = self.parent_columns(&mut chunks, &mut ended, place);
        let done = match read {
            Ok(()) if chunks.block.row_bytes() == 0 => {
                chunks.block.undo_row();
                Ok(())
            }
            Ok(()) => {
                self.cost.write(self.feed.columns.len(), chunks.block.row_bytes(), place)?;
                self.converted.parents += 1;
                chunks.end_row(self.converted.parents, place.line, self.sink)
            }
            Err(NoRow::Bad(mut bad)) => {
                chunks.block.undo_row();
                self.bad_parents += 1;
                if self.feed.xml.bad_rows == BadRows::Quarantine {
                    bad.bad.reason = format!("(of an element without rows) {}", bad.bad.reason).into();
                }
                self.bad_row("an element without rows", place, bad)
            }
            Err(NoRow::Refused(error)) => Err(error),
        };
        self.parents = Some(chunks);
        done
    }

    /// Rows read values from above, but no element above them is known that could be without rows.
    pub(super) fn without_parents(&self) -> Option<String> {
        let nameless = self.compiled.parents.as_ref().is_some_and(Vec::is_empty);
        let reads_above = self.feed.columns.iter().any(|column| match &column.source.from {
            ValueFrom::Paths(paths) => paths.iter().any(|path| path.up > 0),
            _ => false,
        });
        let row = self.feed.xml.row.first().filter(|_| nameless && reads_above)?;
        let text = &row.text;
        Some(format!(
            "[ours] reads {{theirs}}, but row = {text:?} names no element around the rows: one without rows is not in \
             {{theirs}}; write the element before it, like \"Stmt/{text}\""
        ))
    }

    fn parent_columns(
        &mut self,
        chunks: &mut Chunks,
        ended: &mut EndedParent<'_>,
        place: Location<'_>,
    ) -> Result<(), NoRow> {
        let compiled = self.compiled;
        let limit = self.feed.xml.limits.text;
        let block = &mut chunks.block;
        for (n, column) in compiled.columns.iter().enumerate() {
            let fixed = self.document.fixed(&column.column.source.from, &self.days[n]);
            if fixed.is_some() || is_above(column, ended.levels) {
                let mut reader = ValueReader {
                    compiled,
                    tree: ended.tree,
                    index: ended.index,
                    ancestors: ended.ancestors,
                    context: Context { here: ended.node, detail: None },
                    above: Some(ended.levels),
                    buffers: &mut self.buffers,
                    lookups: &self.found.lookups,
                    limit,
                };
                reader
                    .read(column, fixed, &mut false, &mut block.values)
                    .map_err(|none| none.of_row((n, &column.column.name), limit, place))?;
            }
            block.end_value();
        }
        Ok(())
    }
}

fn is_above(column: &CompiledColumn<'_>, levels: usize) -> bool {
    matches!(column.column.source.from, ValueFrom::Paths(_)) && column.leads_above(levels)
}
