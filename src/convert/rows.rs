//! A row element that has ended → its records: explode, filter, columns, checksum, CSV or reject.

use super::{
    Job, Set, Sink,
    ancestors::Ancestors,
    automaton::Position,
    cells::{Bad, Reader, Scratch},
    chunks::Chunks,
    controls::Controls,
    empty,
    lookup::Entries,
    place::{Place, excerpt},
    plan::Plan,
    select::Context,
    totals::{MAX_GROUPS, Totals},
    tree::{NodeId, Tree},
};
use crate::{
    error::{Result, printable},
    feed::{BadRows, Feed, ValueFrom},
    model::{Converted, Reject, row_id::RECORDS},
};
use std::sync::atomic::Ordering;

/// Where the current row's elements are: per point of the trie the first node, and how many there are.
#[derive(Debug)]
pub(super) struct Index {
    at: Vec<(NodeId, u32)>,
}

impl Index {
    pub fn new(points: usize) -> Self {
        Self { at: vec![(0, 0); points] }
    }
    pub fn clear(&mut self) {
        self.at.fill((0, 0));
    }
    pub fn add(&mut self, point: Position, node: NodeId) {
        let entry = &mut self.at[point as usize];
        if entry.1 == 0 {
            entry.0 = node;
        }
        entry.1 += 1;
    }
    pub fn get(&self, point: Position) -> (NodeId, u32) {
        self.at[point as usize]
    }
}

/// A row element.
#[derive(Debug, Default)]
pub(super) struct RowElement {
    pub node: NodeId,
    pub line: u64,
    pub byte: u64,
    /// Its local name.
    pub name: String,
    /// The how-manieth row of its parent, from 1.
    pub ordinal: u64,
    /// The row paths that it may match, so far.
    pub rules: Vec<usize>,
}

/// A candidate record of the current row element.
struct Record<'t> {
    tree: &'t Tree,
    row: &'t RowElement,
    index: &'t Index,
    ancestors: &'t mut Ancestors,
    /// The detail of `explode`, and the how-manieth it is in its row element, from 1.
    detail: Option<NodeId>,
    number: usize,
}

/// Makes records.
pub(super) struct Rows<'r, 'f> {
    job: &'r Job<'r>,
    feed: &'f Feed,
    plan: &'r Plan<'f>,
    lookups: Vec<Entries>,
    sink: &'r mut dyn Sink,
    chunks: Chunks,
    pub controls: Controls<'r, 'f>,
    pub converted: Converted,
    scratch: Scratch,
    /// Per column: some path of it matched something.
    matched: Vec<bool>,
    totals: Totals,
    details: Vec<NodeId>,
    /// Per column: the value that all details of the current row element share, once it is known.
    shared: Vec<Option<Vec<u8>>>,
}

impl<'r, 'f> Rows<'r, 'f> {
    pub fn new(
        job: &'r Job<'r>,
        set: Set<'r, 'f>,
        plan: &'r Plan<'f>,
        lookups: Vec<Entries>,
    ) -> Result<Self> {
        let chunks = Chunks::new(&set)?;
        let Set { feed, sink, .. } = set;
        let columns = &feed.columns;
        Ok(Self {
            job,
            feed,
            plan,
            lookups,
            chunks,
            sink,
            controls: Controls::new(&plan.controls),
            converted: Converted { nulls: vec![0; columns.len()], ..Converted::default() },
            scratch: Scratch::default(),
            matched: vec![false; columns.len()],
            totals: Totals::new(columns),
            details: Vec::new(),
            shared: vec![None; columns.len()],
        })
    }

    /// The row element has ended.
    pub fn element(
        &mut self,
        tree: &Tree,
        row: &RowElement,
        index: &Index,
        ancestors: &mut Ancestors,
    ) -> Result<()> {
        let context = Context { here: row.node, detail: None };
        let plan = self.plan;
        self.converted.elements += 1;
        self.controls.element();
        let mut details = std::mem::take(&mut self.details);
        details.clear();
        if let Some(explode) = &plan.explode {
            tree.select(explode, context, &mut |node| {
                details.push(node);
                true
            });
        }
        // What all details share is found once, lest a row with many of them take quadratic time.
        self.shared.fill(None);
        if !details.is_empty() {
            self.scratch.forget(plan.memos);
        }
        let mut filtered = None;
        let mut one = Record { tree, row, index, ancestors, detail: None, number: 1 };
        if details.is_empty() {
            self.record(&mut one, &mut filtered)?;
        }
        for (n, &detail) in details.iter().enumerate() {
            (one.detail, one.number) = (Some(detail), n + 1);
            self.record(&mut one, &mut filtered)?;
        }
        self.details = details;
        Ok(())
    }

    /// One record. `filtered`: what the filter said of the whole row element, once it was asked.
    fn record(&mut self, record: &mut Record<'_>, filtered: &mut Option<bool>) -> Result<()> {
        let (tree, row) = (record.tree, record.row);
        let context = Context { here: row.node, detail: record.detail };
        self.converted.records += 1;
        if self.converted.records >= RECORDS {
            return Err(self.place(row).refused("more than 999999999999 records", "split the file"));
        }
        if let Some(filter) = &self.plan.filter {
            let out = filtered.unwrap_or_else(|| !tree.holds(filter, context));
            *filtered = Some(out).filter(|_| !filter.concerns_detail());
            if out {
                self.converted.filtered += 1;
                return Ok(());
            }
        }
        if tree.is_tired() {
            return Err(self.place(row).refused(
                "the feed's paths look at the same elements of this file again and again",
                "write the paths of columns and conditions so that they begin at the detail, or split the file",
            ));
        }
        if let Err((column, bad)) = self.columns(record, context) {
            self.chunks.block.undo_row();
            return self.bad_row(row, column, bad);
        }
        self.write(row)
    }

    fn columns(&mut self, record: &mut Record<'_>, context: Context) -> Result<(), (usize, Bad)> {
        let plan = self.plan;
        let block = &mut self.chunks.block;
        let (mut keys, mut keys_with_value) = (0, 0);
        for (n, cell) in plan.columns.iter().enumerate() {
            let ordinal;
            let fixed = match &cell.column.from {
                ValueFrom::Paths(_) => None,
                ValueFrom::Constant(text) => Some(text.as_str()),
                ValueFrom::FileName => Some(self.job.name.rsplit('/').next().unwrap_or_default()),
                ValueFrom::FileDate => Some(self.job.date),
                ValueFrom::Element => Some(record.row.name.as_str()),
                ValueFrom::RowNumber | ValueFrom::ParentRowNumber | ValueFrom::DetailNumber => {
                    ordinal = match &cell.column.from {
                        ValueFrom::RowNumber => self.converted.records.to_string(),
                        ValueFrom::ParentRowNumber => record.row.ordinal.to_string(),
                        _ => record.number.to_string(),
                    };
                    Some(ordinal.as_str())
                }
            };
            let start = block.values.len();
            if let Some(value) = &self.shared[n] {
                block.values.extend_from_slice(value);
            } else {
                let mut reader = Reader {
                    plan,
                    tree: record.tree,
                    index: record.index,
                    ancestors: record.ancestors,
                    context,
                    scratch: &mut self.scratch,
                    lookups: &self.lookups,
                };
                reader.cell(cell, fixed, &mut self.matched[n], &mut block.values).map_err(|bad| (n, bad))?;
                if cell.shared && context.detail.is_some() {
                    self.shared[n] = Some(block.values[start..].to_vec());
                }
            }
            block.end_value();
            if cell.column.key {
                keys += 1;
                keys_with_value += usize::from(block.values.len() > start);
            }
        }
        if keys > 0 && keys_with_value == 0 {
            return Err((usize::MAX, Bad::new(b"", "every part of the key is empty")));
        }
        Ok(())
    }

    fn write(&mut self, row: &RowElement) -> Result<()> {
        let block = &self.chunks.block;
        let limit = self.feed.xml.limits.row;
        if block.row_bytes() > limit {
            let what = format!("the row is longer than {limit} bytes");
            return Err(self.place(row).refused(what, "raise max_row under [xml] if the file is right"));
        }
        for (n, nulls) in self.converted.nulls.iter_mut().enumerate() {
            *nulls += u64::from(block.value(n).is_empty());
        }
        let text = |n: usize| std::str::from_utf8(block.value(n)).unwrap_or_default();
        self.controls.row(text);
        if !self.totals.add(text) {
            let what = format!("total_by gives more than {MAX_GROUPS} groups");
            return Err(self
                .place(row)
                .refused(what, "group totals by a column with few values, like a currency"));
        }
        self.chunks.end_row(self.converted.records, row.line, self.sink)?;
        self.converted.rows += 1;
        self.job.progress.rows.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn bad_row(&mut self, row: &RowElement, column: usize, bad: Bad) -> Result<()> {
        let column = self.plan.columns.get(column).map_or("", |cell| cell.column.name.as_str());
        let record = self.converted.records;
        let xml = &self.feed.xml;
        if xml.bad_rows == BadRows::Refuse {
            let column = if column.is_empty() { String::new() } else { format!(", column {column}") };
            let value =
                if bad.value.is_empty() { String::new() } else { format!(" \"{}\"", excerpt(&bad.value)) };
            return Err(self.place(row).refused(
                format!("record {record}{column}:{value} {}", bad.reason),
                "correct the file or the feed, or set bad_rows = \"quarantine\" under [xml] to go on without bad rows",
            ));
        }
        self.converted.rejects += 1;
        if self.converted.rejects > xml.limits.rejects {
            let what = format!("more than {} rows are bad", xml.limits.rejects);
            return Err(self
                .place(row)
                .refused(what, "the feed probably does not fit the file; or raise max_rejects under [xml]"));
        }
        self.sink.reject(Reject {
            record,
            line: row.line,
            byte: row.byte,
            column: column.to_owned(),
            value: bad.value,
            reason: bad.reason.into_owned(),
        })
    }

    fn place(&self, row: &RowElement) -> Place<'r> {
        Place { name: self.job.name, line: row.line, byte: row.byte }
    }

    /// The file has ended.
    pub fn finish(mut self, bytes: u64, mut warnings: Vec<String>) -> Result<Converted> {
        let name = printable(self.job.name);
        if self.converted.records == 0 {
            empty::refuse(&name, &self.feed.xml, self.controls.may_be_empty)?;
        }
        self.converted.chunks = self.chunks.finish(self.sink)?;
        let any = self.converted.rows > 0;
        for (cell, matched) in self.plan.columns.iter().zip(&self.matched) {
            if any && !matched && !cell.routes.is_empty() && !cell.column.optional {
                let paths: Vec<&str> = cell.routes.iter().map(|route| route.text.as_str()).collect();
                warnings.push(format!(
                    "{name}: column {}: {} matched nothing in the whole file",
                    cell.column.name,
                    paths.join(", ")
                ));
            }
        }
        let mut converted = std::mem::take(&mut self.converted);
        warnings.append(&mut self.controls.warnings);
        converted.warnings = warnings;
        converted.controls = std::mem::take(&mut self.controls.outcomes);
        converted.bytes = bytes;
        converted.totals = self.totals.groups();
        Ok(converted)
    }
}
