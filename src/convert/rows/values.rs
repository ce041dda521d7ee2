//! One column of one row: finds its raw value, applies the column's options in their order, and
//! appends canonical text.

use super::{
    bad::{BadValue, NoValue},
    buffers::{Buffers, Memo},
    element::{EndedRow, Index},
    entries::Entries,
};
use crate::{
    canonical::number,
    convert::paths::{
        Ancestors, CompiledColumn, CompiledFeed, Context, ElementId, Route, Span, Tree, UNMATCHED,
        Unreadable, apply, typed,
    },
    feed::{Presence, Repeat},
};

/// What a column with several values is told to do; a look-up neither counts nor adds up.
pub(super) const SET_REPEAT: &str = ": set repeat to first, last, join, count or sum";

/// Reads values of the current row.
pub(super) struct ValueReader<'r, 'f> {
    pub compiled: &'r CompiledFeed<'f>,
    pub tree: &'r Tree,
    pub index: &'r Index,
    pub ancestors: &'r mut Ancestors,
    pub context: Context,
    /// There is no row: one would stand so many levels beneath `context.here`.
    pub above: Option<usize>,
    pub buffers: &'r mut Buffers,
    /// The entries of the feed's look-ups.
    pub lookups: &'r [Entries],
    /// Bytes that one value may have.
    pub limit: usize,
}

/// What a list of paths gave.
pub(super) struct Picked {
    /// Some path matched an element or attribute, with or without a value.
    matched: bool,
    /// `Buffers::spans` are those of the first path with a value.
    pub(super) from_tree: bool,
}

impl<'r, 'f> ValueReader<'r, 'f> {
    /// Of a row element that has ended, or of one of its details.
    pub fn of_row(
        compiled: &'r CompiledFeed<'f>,
        ended: &'r mut EndedRow<'_>,
        detail: Option<ElementId>,
        (buffers, lookups, limit): (&'r mut Buffers, &'r [Entries], usize),
    ) -> Self {
        let EndedRow { tree, row, index, ancestors } = ended;
        let context = Context { here: row.node, detail };
        Self { compiled, tree, index, ancestors, context, above: None, buffers, lookups, limit }
    }
}

impl ValueReader<'_, '_> {
    /// Appends the column's canonical text; `false`: no value. A condition on the way that cannot read what it compares
    /// makes it a bad one.
    pub fn read(
        &mut self,
        column: &CompiledColumn<'_>,
        fixed: Option<&str>,
        matched: &mut bool,
        out: &mut Vec<u8>,
    ) -> Result<bool, NoValue> {
        let start = out.len();
        let result = self.read_column(column, fixed, matched, out);
        let Some(unreadable) = self.tree.take_unreadable() else { return result };
        out.truncate(start);
        Err(BadValue::from(*unreadable).into())
    }

    /// Appends the column's canonical text; `false`: no value. `fixed`: the raw value where it does
    /// not come from the document. Sets `matched` if a path of the column matched something.
    fn read_column(
        &mut self,
        column: &CompiledColumn<'_>,
        fixed: Option<&str>,
        matched: &mut bool,
        out: &mut Vec<u8>,
    ) -> Result<bool, NoValue> {
        if let Some(text) = fixed {
            return Ok(self.finish(column, text, out)?);
        }
        let mut picked = self.pick(&column.routes, column.trims);
        *matched |= picked.matched;
        if let Some(lookup) = column.lookup {
            self.look_up(lookup, &mut picked)?;
        }
        let tree = self.tree;
        if column.column.source.repeat == Repeat::Sum && self.buffers.spans.len() > 1 {
            return self.sum(column, &picked, out);
        }
        if let ([only], true) = (self.buffers.spans.as_slice(), picked.from_tree)
            && column.column.source.repeat != Repeat::Count
        {
            // Nearly every value: it is read where it stands.
            let raw = tree.text(only.at);
            return Ok(self.finish(column, raw, out)?);
        }
        let mut raw = std::mem::take(&mut self.buffers.raw);
        raw.clear();
        let result =
            self.combine(column, &picked, &mut raw).and_then(|()| Ok(self.finish(column, &raw, out)?));
        self.buffers.raw = raw;
        result
    }

    /// Replaces every value by that of the entry which it names.
    fn look_up(&mut self, lookup: usize, picked: &mut Picked) -> Result<(), NoValue> {
        let mut values = std::mem::take(&mut self.buffers.other);
        values.clear();
        let Buffers { spans, base, .. } = &mut *self.buffers;
        for span in spans.iter_mut() {
            let reference =
                if picked.from_tree { self.tree.text(span.at) } else { &base[span.at.0..span.at.1] };
            let entry = self.lookups.get(lookup).and_then(|entries| entries.get(reference));
            let Some(value) = entry else {
                return Err(
                    BadValue::new(reference.as_bytes(), "names no entry of the column's lookup").into()
                );
            };
            if values.len() + value.len() > self.limit {
                return Err(NoValue::TooLong);
            }
            let start = values.len();
            values.push_str(value);
            span.at = (start, values.len());
        }
        // An entry without a value is no value.
        spans.retain(|span| span.at.0 < span.at.1);
        self.buffers.other = std::mem::replace(&mut self.buffers.base, values);
        picked.from_tree = false;
        Ok(())
    }

    /// Makes one raw value of what the path gave.
    fn combine(&self, column: &CompiledColumn<'_>, picked: &Picked, raw: &mut String) -> Result<(), NoValue> {
        let Buffers { spans, base, .. } = &*self.buffers;
        let text = |span: &Span| {
            if picked.from_tree { self.tree.text(span.at) } else { &base[span.at.0..span.at.1] }
        };
        match (&column.column.source.repeat, spans.as_slice()) {
            (Repeat::Count, spans) => raw.push_str(&spans.len().to_string()),
            (_, []) => {}
            // Several that are to be added up are not combined as texts.
            (_, [only]) | (Repeat::Sum | Repeat::First, [only, ..]) | (Repeat::Last, [.., only]) => {
                raw.push_str(text(only));
            }
            (Repeat::Join { separator }, spans) => {
                for (n, span) in spans.iter().enumerate() {
                    if n > 0 {
                        raw.push_str(separator);
                    }
                    raw.push_str(if column.trims { text(span).trim_ascii() } else { text(span) });
                    if raw.len() > self.limit {
                        return Err(NoValue::TooLong);
                    }
                }
            }
            (Repeat::Refuse, [first, second, ..]) => {
                let reason =
                    format!("has several values, on lines {} and {}{SET_REPEAT}", first.line, second.line);
                return Err(BadValue::new(text(second).as_bytes(), reason).into());
            }
        }
        Ok(())
    }

    /// Fills the spans with the values of the first route that has any.
    pub(super) fn pick(&mut self, routes: &[Route], trims: bool) -> Picked {
        let mut picked = Picked { matched: false, from_tree: true };
        self.buffers.spans.clear();
        for route in routes {
            let inside = match route.slot {
                _ if self.above.is_some() => false,
                None => true,
                // An absolute path may lead into the row itself.
                Some(_) => {
                    self.tree.locate(route, self.context).is_some_and(|(at, _)| at >= self.context.here)
                }
            };
            if inside {
                picked.matched |= self.pick_inside(route);
            } else if let Some(slot) = route.slot {
                let (rules, here) = (&self.compiled.slots, self.context.here);
                let found = match self.above {
                    Some(levels) => self.ancestors.read_above(slot, rules, self.tree, (here, levels)),
                    None => self.ancestors.read(slot, rules, self.tree, self.context),
                };
                picked.matched |= found.nodes > 0;
                if let Some(unreadable) = &found.unreadable {
                    self.tree.note_unreadable(Unreadable::clone(unreadable));
                }
                self.buffers.spans.extend_from_slice(&found.spans);
                self.buffers.base.clear();
                self.buffers.base.push_str(&found.text);
            }
            picked.from_tree = inside;
            if trims {
                let Buffers { spans, base, .. } = &mut *self.buffers;
                let tree = self.tree;
                spans.retain(|span| {
                    let bytes = if inside { tree.text(span.at) } else { &base[span.at.0..span.at.1] };
                    !bytes.trim_ascii().is_empty()
                });
            }
            if !self.buffers.spans.is_empty() {
                break;
            }
        }
        picked
    }

    fn pick_inside(&mut self, route: &Route) -> bool {
        let (Some(memo), Some(_)) = (route.memo, self.context.detail) else { return self.search(route) };
        if let Some(Memo { matched, spans }) = &self.buffers.memos[memo] {
            self.tree.count_looks(spans.len());
            self.buffers.spans.extend_from_slice(spans);
            return *matched;
        }
        // Routes before this one found no value, so the spans are its own.
        let matched = self.search(route);
        if self.tree.is_unreadable() {
            // The next detail must hear of it, too.
            return matched;
        }
        self.buffers.memos[memo] = Some(Memo { matched, spans: self.buffers.spans.clone() });
        matched
    }

    fn search(&mut self, route: &Route) -> bool {
        let (tree, spans) = (self.tree, &mut self.buffers.spans);
        let mut matched = false;
        let mut visit = |node| {
            if let Some(at) = tree.value(node, route.value) {
                matched = true;
                if at.0 < at.1 {
                    spans.push(Span { at, line: tree.node(node).line });
                }
            }
            true
        };
        match route.only.map(|point| self.index.get(point)) {
            Some((_, 0)) => {}
            Some((node, 1)) => {
                visit(node);
            }
            _ => tree.select(route, self.context, &mut visit),
        }
        matched
    }

    /// Options, type, sign and scale; the default where there is no value.
    pub(super) fn finish(
        &mut self,
        column: &CompiledColumn<'_>,
        raw: &str,
        out: &mut Vec<u8>,
    ) -> Result<bool, BadValue> {
        let start = out.len();
        let result = self.whole(column, raw, out);
        match result {
            Ok(false) if column.column.source.presence == Presence::Required => {
                Err(BadValue::new(raw.as_bytes(), "a value is required, and there is none"))
            }
            Err(bad) => {
                out.truncate(start);
                Err(bad)
            }
            result => result,
        }
    }

    fn whole(&mut self, column: &CompiledColumn<'_>, raw: &str, out: &mut Vec<u8>) -> Result<bool, BadValue> {
        let start = out.len();
        if !self.one(column, raw, out)? {
            let Some(default) = &column.column.source.default else { return Ok(false) };
            if default.is_empty() {
                return Ok(false);
            }
            typed(&column.kind, column.column.number.decimal, default, &mut self.buffers.other, out)
                .map_err(|reason| BadValue::new(raw.as_bytes(), reason))?;
        }
        self.arithmetic(column, raw, (start, 1), out)?;
        Ok(true)
    }

    /// Options, type, and the code behind the number itself; `false`: no value.
    pub(super) fn one(
        &mut self,
        column: &CompiledColumn<'_>,
        raw: &str,
        out: &mut Vec<u8>,
    ) -> Result<bool, BadValue> {
        let start = out.len();
        let trimmed = if column.trims { raw.trim() } else { raw };
        let mut text = std::mem::take(&mut self.buffers.text);
        text.clear();
        let value = if column.plain {
            trimmed
        } else {
            if !apply(&column.column.text, trimmed, &mut text, &mut self.buffers.other) {
                if column.kind.is_text() && !column.column.is_key() {
                    self.buffers.unmatched = true;
                } else {
                    self.buffers.text = text;
                    return Err(BadValue::new(raw.as_bytes(), UNMATCHED));
                }
            }
            if column.trims { text.trim() } else { text.as_str() }
        };
        let suffix = column.sign.as_ref().filter(|code| code.sign.suffix && !value.is_empty());
        let (number, code) = if suffix.is_some() { number::split_code(value) } else { (value, "") };
        let result = if value.is_empty() {
            Ok(false)
        } else {
            typed(&column.kind, column.column.number.decimal, number, &mut self.buffers.other, out)
                .map_err(|reason| BadValue::new(raw.as_bytes(), reason))
                .and_then(|()| {
                    suffix.map_or(Ok(()), |suffix| self.apply_sign(suffix.sign, code, raw, start, out))
                })
                .map(|()| true)
        };
        self.buffers.text = text;
        result
    }
}
