//! A row element that has ended → its records: explode, filter, columns, then a row of the chunks or a reject.

use super::{
    bad::{BadRow, BadValue, NoRow},
    buffers::Buffers,
    controls::{Controls, Fate},
    decide::{Asked, Decision},
    element::{EndedRow, RowElement},
    empty,
    found::FoundFirst,
    noted::ColumnNotes,
    retractions::{Ordinal, taken_away},
    totals::{MAX_GROUPS, Totals},
    values::ValueReader,
};
use crate::{
    convert::{
        chunks::{Chunks, Destination, RowSet, Sink},
        cost::{Cost, Share},
        document::Document,
        location::Location,
        paths::{CompiledFeed, Context, ElementId},
    },
    error::{Code, Result, excerpt, printable},
    feed::{BadRows, Feed, ValueFrom},
    model::{Converted, Reject, row_id::RECORDS},
};
use std::sync::atomic::Ordering;

/// Bytes of a row that are not worth counting.
const SMALL: usize = 64 << 10;
/// What a reject takes beside its texts, roughly.
const REJECT: usize = 256;

/// A candidate record of the current row element.
struct Record<'t> {
    ended: EndedRow<'t>,
    /// The detail of `explode`, and the how-manieth it is in its row element, from 1.
    detail: Option<ElementId>,
    number: usize,
}

impl Record<'_> {
    /// The element that it is of.
    fn element(&self) -> ElementId {
        self.detail.unwrap_or(self.ended.row.node)
    }
}

/// Makes the records of one row set.
pub(in crate::convert) struct Records<'r> {
    pub(super) document: &'r Document<'r>,
    pub(super) cost: &'r Cost,
    pub(super) set: &'r RowSet,
    pub(super) file_no: u32,
    pub(super) feed: &'r Feed,
    pub(super) compiled: &'r CompiledFeed<'r>,
    pub(super) found: FoundFirst,
    pub(super) sink: &'r mut dyn Sink,
    chunks: Chunks,
    /// Those of elements without rows, once there is one.
    pub(super) parents: Option<Chunks>,
    /// Those that cannot be read: they count as records in the end, and have no number among them.
    pub(super) bad_parents: u64,
    pub(super) controls: Controls<'r>,
    pub(super) converted: Converted,
    pub(super) buffers: Buffers,
    /// Per column.
    noted: Vec<ColumnNotes>,
    /// Per column: the day on which the file was last changed, in the column's zone.
    pub(super) days: Vec<String>,
    totals: Totals,
    details: Vec<ElementId>,
    /// Per column: the value that all details of the current row element share, once it is known.
    shared: Vec<Option<Vec<u8>>>,
    /// What the conditions said of the current row element.
    asked: Asked,
    /// How many they are.
    exploded: usize,
    /// Bytes of the rejects that the sink holds.
    rejected: usize,
    /// What is held for the current row and beside it.
    share: Share,
}

impl<'r> Records<'r> {
    /// `found`: what had to be known before the first row.
    ///
    /// # Errors
    /// `Machine` where no thread can be started.
    pub fn new(
        document: &'r Document<'r>,
        cost: &'r Cost,
        destination: Destination<'r>,
        compiled: &'r CompiledFeed<'r>,
        found: FoundFirst,
    ) -> Result<Self> {
        let Destination { set, file_no, sink } = destination;
        let feed = &set.feed;
        let columns = &feed.columns;
        Ok(Self {
            document,
            cost,
            set,
            file_no,
            feed,
            compiled,
            found,
            chunks: Chunks::new(set, file_no)?,
            parents: None,
            bad_parents: 0,
            sink,
            controls: Controls::new(
                &compiled.controls,
                &compiled.columns,
                document.name,
                feed.xml.limits.row / 4,
            ),
            converted: Converted { nulls: vec![0; columns.len()], ..Converted::default() },
            buffers: Buffers::default(),
            noted: vec![ColumnNotes::default(); columns.len()],
            days: compiled.columns.iter().map(|column| document.changed.day(column.kind.zone())).collect(),
            totals: Totals::new(columns),
            details: Vec::new(),
            shared: vec![None; columns.len()],
            asked: Asked::new(compiled),
            exploded: 0,
            rejected: 0,
            share: cost.share(),
        })
    }

    /// The row element has ended; gives how many rows were written of it.
    pub(super) fn element(&mut self, ended: EndedRow<'_>) -> Result<u64> {
        let before = self.converted.rows;
        let compiled = self.compiled;
        self.converted.elements += 1;
        self.controls.element();
        let mut details = std::mem::take(&mut self.details);
        ended.tree.details(compiled, ended.row.node, &mut details);
        self.exploded = details.len();
        // What all details share is found once, lest a row with many of them take quadratic time.
        self.shared.fill(None);
        self.asked.forget(ended.tree);
        if !details.is_empty() {
            self.buffers.forget(compiled.memos);
        }
        let mut one = Record { ended, detail: None, number: 1 };
        if details.is_empty() {
            self.one_record(&mut one)?;
        }
        for (n, &detail) in details.iter().enumerate() {
            (one.detail, one.number) = (Some(detail), n + 1);
            self.one_record(&mut one)?;
        }
        let place = self.place(one.ended.row);
        self.controls.end_row(one.ended.row.node, one.ended.tree, place)?;
        self.details = details;
        self.buffers.shrink();
        Ok(self.converted.rows - before)
    }

    /// What the rows so far have left fits into memory.
    pub(super) fn hold(&mut self, place: Location<'_>) -> Result<()> {
        self.share.hold(self.left() + self.buffers.size(), place)
    }

    fn left(&self) -> usize {
        self.rejected + self.controls.size() + self.totals.size + self.exploded * size_of::<ElementId>()
    }

    /// One record, and what the controls know of it.
    fn one_record(&mut self, record: &mut Record<'_>) -> Result<()> {
        let fate = self.record(record)?;
        self.controls.record(fate, record.element(), record.ended.tree);
        Ok(())
    }

    /// One record.
    fn record(&mut self, record: &mut Record<'_>) -> Result<Fate> {
        let EndedRow { tree, row, .. } = record.ended;
        let context = Context { here: row.node, detail: record.detail };
        self.converted.records += 1;
        if self.converted.records >= RECORDS {
            return Err(self.place(row).refused(Code::TooManyRecords, "more than 999999999999 records"));
        }
        match self.decide(record, context) {
            Decision::Keep => {}
            Decision::Filtered(reason) => {
                self.converted.filtered_as(reason);
                return Ok(Fate::Filtered);
            }
            Decision::Bad(bad) => {
                self.bad_record(row, BadRow { column: None, bad })?;
                return Ok(Fate::Kept);
            }
        }
        if tree.over_budget() {
            return Err(self.place(row).refused(
                Code::TooMuchEffort,
                "the feed's paths look at the same elements of this file again and again",
            ));
        }
        match self.columns(record) {
            Ok(()) => self.write(record),
            Err(NoRow::Bad(bad)) => {
                self.chunks.block.undo_row();
                self.bad_record(row, bad)
            }
            Err(NoRow::Refused(error)) => Err(error),
        }
        .map(|()| Fate::Kept)
    }

    /// Whether the record is a row: `skip` is asked, then what takes records back, then `where`.
    fn decide(&mut self, record: &mut Record<'_>, context: Context) -> Decision<'r> {
        let (compiled, tree) = (self.compiled, record.ended.tree);
        if let Some(skipped) = self.asked.skip(compiled, tree, context) {
            return skipped;
        }
        match self.taken_away(record) {
            Ok(None) => self.asked.filter(compiled, tree, context),
            Ok(Some(reason)) => Decision::Filtered(reason),
            Err(BadRow { bad, .. }) => Decision::Bad(bad),
        }
    }

    /// The name of the retraction that takes the record away.
    fn taken_away(&mut self, record: &mut Record<'_>) -> Result<Option<&'r str>, BadRow> {
        let values = (&mut self.buffers, self.found.lookups.as_slice(), self.feed.xml.limits.text);
        let mut reader = ValueReader::of_row(self.compiled, &mut record.ended, record.detail, values);
        let ordinal = Ordinal { element: self.converted.elements, record: self.converted.records };
        taken_away(self.compiled, &self.found.taken_back, &mut reader, ordinal)
    }

    fn columns(&mut self, record: &mut Record<'_>) -> Result<(), NoRow> {
        let compiled = self.compiled;
        let (place, left) = (self.place(record.ended.row), self.left());
        let limit = self.feed.xml.limits.text;
        let block = &mut self.chunks.block;
        let (mut keys, mut keys_with_value) = (0, 0);
        for (n, column) in compiled.columns.iter().enumerate() {
            let ordinal;
            let fixed = match &column.column.source.from {
                ValueFrom::Paths(_) => None,
                from @ (ValueFrom::Constant(_) | ValueFrom::FileName | ValueFrom::FileDate) => {
                    self.document.fixed(from, &self.days[n])
                }
                ValueFrom::Element => Some(record.ended.row.name.as_str()),
                ValueFrom::RowNumber | ValueFrom::ParentRowNumber | ValueFrom::DetailNumber => {
                    ordinal = match &column.column.source.from {
                        ValueFrom::RowNumber => self.converted.records.to_string(),
                        ValueFrom::ParentRowNumber => record.ended.row.ordinal.to_string(),
                        _ => record.number.to_string(),
                    };
                    Some(ordinal.as_str())
                }
            };
            let start = block.values.len();
            if let Some(value) = &self.shared[n] {
                block.values.extend_from_slice(value);
            } else {
                self.buffers.unlisted.clear();
                self.buffers.unmatched = false;
                let values = (&mut self.buffers, self.found.lookups.as_slice(), limit);
                let mut reader = ValueReader::of_row(compiled, &mut record.ended, record.detail, values);
                reader
                    .read(column, fixed, &mut self.noted[n].matched, &mut block.values)
                    .map_err(|none| none.of_row((n, &column.column.name), limit, place))?;
                self.noted[n].codes.see(&self.buffers.unlisted);
                self.noted[n].unmatched = self.buffers.unmatched;
                if column.shared && record.detail.is_some() {
                    self.shared[n] = Some(block.values[start..].to_vec());
                }
            }
            block.end_value();
            let row = block.row_bytes() + self.buffers.size();
            if row > SMALL {
                // Details share values, which are kept for the next ones.
                let shared: usize = self.shared.iter().flatten().map(Vec::len).sum();
                let row = row + shared + self.buffers.memos_size();
                self.share.hold(left + row, place).map_err(NoRow::Refused)?;
            }
            if column.column.is_key() {
                keys += 1;
                keys_with_value += usize::from(block.values.len() > start);
            }
        }
        if keys > 0 && keys_with_value == 0 {
            let bad = BadValue::new(b"", "every part of the key is empty");
            return Err(NoRow::Bad(BadRow { column: None, bad }));
        }
        Ok(())
    }

    fn write(&mut self, record: &Record<'_>) -> Result<()> {
        let row = record.ended.row;
        let block = &self.chunks.block;
        self.cost.write(self.feed.columns.len(), block.row_bytes(), self.place(row))?;
        for (n, nulls) in self.converted.nulls.iter_mut().enumerate() {
            *nulls += u64::from(block.value(n).is_empty());
            self.noted[n].row(row.line, *nulls);
        }
        let text = |n: usize| std::str::from_utf8(block.value(n)).unwrap_or_default();
        self.controls.row(record.element(), record.ended.tree, text);
        if !self.totals.add(text) {
            let what = format!("total_by gives more than {MAX_GROUPS} groups");
            return Err(self.place(row).refused(Code::TooManyGroups, what));
        }
        self.hold(self.place(row))?;
        self.chunks.end_row(self.converted.records, row.line, self.sink)?;
        self.converted.rows += 1;
        self.document.progress.rows.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn bad_record(&mut self, row: &RowElement, bad: BadRow) -> Result<()> {
        self.bad_row(&format!("record {}", self.converted.records), self.place(row), bad)
    }

    /// `who`: what is bad, for a message.
    pub(super) fn bad_row(
        &mut self,
        who: &str,
        place: Location<'_>,
        BadRow { column, bad }: BadRow,
    ) -> Result<()> {
        let column = column.map_or("", |n| self.feed.columns[n].name.as_str());
        let document = &self.feed.xml;
        if document.bad_rows == BadRows::Refuse {
            let column = if column.is_empty() { String::new() } else { format!(", column {column}") };
            let value =
                if bad.value.is_empty() { String::new() } else { format!(" \"{}\"", excerpt(&bad.value)) };
            return Err(place.refused(Code::BadRow, format!("{who}{column}:{value} {}", bad.reason)));
        }
        self.converted.rejects += 1;
        if self.converted.rejects > document.limits.rejects {
            let what = format!("more than {} rows are bad", document.limits.rejects);
            return Err(place.refused(Code::TooManyBadRows, what));
        }
        self.rejected +=
            REJECT + self.document.name.len() + column.len() + bad.value.len() + bad.reason.len();
        self.hold(place)?;
        self.sink.reject(Reject {
            record: self.converted.records,
            line: place.line,
            byte: place.byte,
            column: column.to_owned(),
            value: bad.value,
            reason: bad.reason.into_owned(),
        })
    }

    fn place(&self, row: &RowElement) -> Location<'r> {
        Location { name: self.document.name, line: row.line, byte: row.byte }
    }

    /// The document has ended, of so many bytes; `warnings` are what was odd about itself.
    ///
    /// # Errors
    /// `Refused` where it held no row and should have; whatever the writer of chunks or the sink fails with.
    pub fn finish(mut self, bytes: u64, mut warnings: Vec<String>) -> Result<Converted> {
        let name = printable(self.document.name);
        if self.converted.rows + self.converted.rejects == 0 {
            let filtered = self.converted.filtered_text();
            empty::refuse(&name, self.feed, filtered.as_deref(), self.controls.may_be_empty)?;
        }
        self.converted.chunks = self.chunks.finish(self.sink)?;
        if let Some(mut parents) = self.parents.take() {
            self.converted.parent_chunks = parents.finish(self.sink)?;
        }
        let rows = self.converted.rows;
        let nulls = &self.converted.nulls;
        for ((column, noted), nulls) in self.compiled.columns.iter().zip(&self.noted).zip(nulls) {
            let told = noted.warnings(column, rows, *nulls);
            warnings.extend(told.into_iter().map(|warning| format!("{name}: {warning}")));
        }
        warnings.extend(self.controls.warnings().map(|warning| format!("{name}: {warning}")));
        warnings.extend(self.without_parents());
        let mut converted = std::mem::take(&mut self.converted);
        converted.records += self.bad_parents;
        converted.warnings = warnings;
        converted.controls = self.controls.summaries();
        converted.bytes = bytes;
        converted.totals = self.totals.groups();
        Ok(converted)
    }
}
