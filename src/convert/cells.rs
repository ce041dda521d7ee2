//! One column of one row: finds its raw value, applies the column's options in their order, and
//! appends canonical text.

use super::{
    ancestors::Ancestors,
    lookup::{Entries, id_of},
    plan::{Cell, CellKind, Code, Plan, Route},
    rows::Index,
    select::{Context, Span},
    tree::Tree,
};
use crate::{
    canonical::{self, number},
    feed::{Case, Column, Repeat},
};
use std::borrow::Cow;

/// Why a row is bad because of one column: the value as it stood, and the reason.
#[derive(Debug)]
pub(super) struct Bad {
    pub value: String,
    pub reason: Cow<'static, str>,
}

impl Bad {
    pub fn new(value: &[u8], reason: impl Into<Cow<'static, str>>) -> Self {
        Self { value: String::from_utf8_lossy(value).into_owned(), reason: reason.into() }
    }
}

/// Reads values of the current row.
pub(super) struct Reader<'r, 'f> {
    pub plan: &'r Plan<'f>,
    pub tree: &'r Tree,
    pub index: &'r Index,
    pub ancestors: &'r mut Ancestors,
    pub context: Context,
    pub scratch: &'r mut Scratch,
    /// The entries of the plan's look-ups.
    pub lookups: &'r [Entries],
}

/// Buffers that live as long as the conversion.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    spans: Vec<Span>,
    base: String,
    raw: String,
    text: String,
    other: String,
    /// What routes with a memo found in the current row element.
    memos: Vec<Option<(bool, Vec<Span>)>>,
}

impl Scratch {
    /// Another row element begins.
    pub fn forget(&mut self, memos: usize) {
        self.memos.clear();
        self.memos.resize_with(memos, || None);
    }
}

/// What a list of paths gave.
struct Picked {
    /// Some path matched an element or attribute, with or without a value.
    matched: bool,
    /// `Scratch::spans` are those of the first path with a value.
    from_tree: bool,
}

impl Reader<'_, '_> {
    /// Appends the column's canonical text; `false`: no value. `fixed`: the raw value where it does
    /// not come from the document. Sets `matched` if a path of the column matched something.
    pub fn cell(
        &mut self,
        cell: &Cell<'_>,
        fixed: Option<&str>,
        matched: &mut bool,
        out: &mut Vec<u8>,
    ) -> Result<bool, Bad> {
        if let Some(text) = fixed {
            return self.finish(cell, text, out);
        }
        let mut picked = self.pick(&cell.routes, cell.trims);
        *matched |= picked.matched;
        if let Some(lookup) = cell.lookup {
            self.look_up(lookup, &mut picked)?;
        }
        let tree = self.tree;
        if let ([only], true) = (self.scratch.spans.as_slice(), picked.from_tree)
            && cell.column.repeat != Repeat::Count
        {
            // Nearly every value: it is read where it stands.
            let raw = tree.text(only.at);
            return self.finish(cell, raw, out);
        }
        let mut raw = std::mem::take(&mut self.scratch.raw);
        raw.clear();
        let result = self.combine(cell, &picked, &mut raw).and_then(|()| self.finish(cell, &raw, out));
        self.scratch.raw = raw;
        result
    }

    /// Replaces every value by that of the entry which it names.
    fn look_up(&mut self, lookup: usize, picked: &mut Picked) -> Result<(), Bad> {
        let mut values = std::mem::take(&mut self.scratch.other);
        values.clear();
        let Scratch { spans, base, .. } = &mut *self.scratch;
        for span in spans.iter_mut() {
            let reference =
                if picked.from_tree { self.tree.text(span.at) } else { &base[span.at.0..span.at.1] };
            let entry = self.lookups.get(lookup).and_then(|entries| entries.get(id_of(reference)));
            let Some(value) = entry else {
                return Err(Bad::new(reference.as_bytes(), "names no entry of the column's lookup"));
            };
            let start = values.len();
            values.push_str(value);
            span.at = (start, values.len());
        }
        // An entry without a value is no value.
        spans.retain(|span| span.at.0 < span.at.1);
        self.scratch.other = std::mem::replace(&mut self.scratch.base, values);
        picked.from_tree = false;
        Ok(())
    }

    /// Makes one raw value of what the path gave.
    fn combine(&self, cell: &Cell<'_>, picked: &Picked, raw: &mut String) -> Result<(), Bad> {
        let Scratch { spans, base, .. } = &*self.scratch;
        let text = |span: &Span| {
            if picked.from_tree { self.tree.text(span.at) } else { &base[span.at.0..span.at.1] }
        };
        match (&cell.column.repeat, spans.as_slice()) {
            (Repeat::Count, spans) => raw.push_str(&spans.len().to_string()),
            (_, []) => {}
            (_, [only]) | (Repeat::First, [only, ..]) | (Repeat::Last, [.., only]) => {
                raw.push_str(text(only));
            }
            (Repeat::Join { separator }, spans) => {
                for (n, span) in spans.iter().enumerate() {
                    if n > 0 {
                        raw.push_str(separator);
                    }
                    raw.push_str(if cell.trims { text(span).trim_ascii() } else { text(span) });
                }
            }
            (Repeat::Refuse, [first, second, ..]) => {
                let reason = format!(
                    "has several values, on lines {} and {}: set repeat to first, last, join or count",
                    first.line, second.line
                );
                return Err(Bad::new(text(second).as_bytes(), reason));
            }
        }
        Ok(())
    }

    /// Fills the spans with the values of the first route that has any.
    fn pick(&mut self, routes: &[Route], trims: bool) -> Picked {
        let mut picked = Picked { matched: false, from_tree: true };
        self.scratch.spans.clear();
        for route in routes {
            let inside = match route.slot {
                None => true,
                // An absolute path may lead into the row itself.
                Some(_) => {
                    self.tree.locate(route, self.context).is_some_and(|(at, _)| at >= self.context.here)
                }
            };
            if inside {
                picked.matched |= self.pick_inside(route);
            } else if let Some(slot) = route.slot {
                let found = self.ancestors.read(slot, &self.plan.slots, self.tree, self.context);
                picked.matched |= found.nodes > 0;
                self.scratch.spans.extend_from_slice(&found.spans);
                self.scratch.base.clear();
                self.scratch.base.push_str(&found.text);
            }
            picked.from_tree = inside;
            if trims {
                let Scratch { spans, base, .. } = &mut *self.scratch;
                let tree = self.tree;
                spans.retain(|span| {
                    let bytes = if inside { tree.text(span.at) } else { &base[span.at.0..span.at.1] };
                    !bytes.trim_ascii().is_empty()
                });
            }
            if !self.scratch.spans.is_empty() {
                break;
            }
        }
        picked
    }

    fn pick_inside(&mut self, route: &Route) -> bool {
        let (Some(memo), Some(_)) = (route.memo, self.context.detail) else { return self.search(route) };
        if let Some((matched, spans)) = &self.scratch.memos[memo] {
            self.tree.visited(spans.len());
            self.scratch.spans.extend_from_slice(spans);
            return *matched;
        }
        // Routes before this one found no value, so the spans are its own.
        let matched = self.search(route);
        self.scratch.memos[memo] = Some((matched, self.scratch.spans.clone()));
        matched
    }

    fn search(&mut self, route: &Route) -> bool {
        let (tree, spans) = (self.tree, &mut self.scratch.spans);
        let mut matched = false;
        let mut visit = |node| {
            if let Some(at) = tree.value(node, route.attribute) {
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

    /// Options, type, sign and scale.
    fn finish(&mut self, cell: &Cell<'_>, raw: &str, out: &mut Vec<u8>) -> Result<bool, Bad> {
        let start = out.len();
        let trimmed = if cell.trims { raw.trim() } else { raw };
        let mut text = std::mem::take(&mut self.scratch.text);
        text.clear();
        let value = if cell.plain {
            trimmed
        } else {
            options(cell.column, trimmed, &mut text, &mut self.scratch.other);
            if cell.trims { text.trim() } else { text.as_str() }
        };
        let value = if value.is_empty() { cell.column.default.as_deref().unwrap_or("") } else { value };
        let result = if value.is_empty() {
            Ok(false)
        } else {
            typed(cell, value, &mut self.scratch.other, out)
                .map_err(|reason| Bad::new(raw.as_bytes(), reason))
                .and_then(|()| self.arithmetic(cell, raw, start, out))
                .map(|()| true)
        };
        self.scratch.text = text;
        match result {
            Ok(false) if cell.column.required => {
                Err(Bad::new(raw.as_bytes(), "a value is required, and there is none"))
            }
            Err(bad) => {
                out.truncate(start);
                Err(bad)
            }
            result => result,
        }
    }

    fn arithmetic(&mut self, cell: &Cell<'_>, raw: &str, start: usize, out: &mut Vec<u8>) -> Result<(), Bad> {
        let bad = |reason| Bad::new(raw.as_bytes(), reason);
        if let Some((routes, divide)) = &cell.scale
            && let Some(factor) = self.single(routes, "scale_by")?
        {
            let mut canonical = Vec::new();
            let mut decimal = String::new();
            let text = if cell.column.decimal_comma {
                number::comma_to_point(&factor, &mut decimal)
                    .map_err(|reason| Bad::new(factor.as_bytes(), reason))?;
                decimal.as_str()
            } else {
                factor.as_str()
            };
            number::decimal(text, &mut canonical)
                .map_err(|reason| Bad::new(factor.as_bytes(), format!("(of scale_by) {reason}")))?;
            let canonical = String::from_utf8(canonical).unwrap_or_default();
            number::scale(out, start, &canonical, *divide).map_err(bad)?;
        }
        if let Some(code) = &cell.sign
            && self.is_negative(code)?
        {
            number::negate(out, start).map_err(bad)?;
        }
        Ok(())
    }

    fn is_negative(&mut self, code: &Code<'_>) -> Result<bool, Bad> {
        let found = self.single(&code.routes, "sign")?;
        Ok(found.is_some_and(|found| code.negative.is_empty() || code.negative.contains(&found)))
    }

    /// The one value of a path beside the column's own.
    fn single(&mut self, routes: &[Route], what: &'static str) -> Result<Option<String>, Bad> {
        let picked = self.pick(routes, true);
        let Scratch { spans, base, .. } = &*self.scratch;
        let text = |span: &Span| {
            let bytes = if picked.from_tree { self.tree.text(span.at) } else { &base[span.at.0..span.at.1] };
            bytes.trim_ascii().to_owned()
        };
        let Some((first, others)) = spans.split_first() else { return Ok(None) };
        let first = text(first);
        if let Some(other) = others.iter().map(text).find(|other| *other != first) {
            return Err(Bad::new(
                other.as_bytes(),
                format!("(of {what}) contradicts another value of the same row"),
            ));
        }
        Ok(Some(first))
    }
}

/// Collapse, strip, pattern, `null_if`, map and case, in this order.
fn options(column: &Column, value: &str, text: &mut String, other: &mut String) {
    if column.collapse_spaces {
        let mut blank = false;
        for c in value.chars() {
            if !c.is_whitespace() {
                text.push(c);
            } else if !blank {
                text.push(' ');
            }
            blank = c.is_whitespace();
        }
    } else {
        text.push_str(value);
    }
    if !column.strip.is_empty() {
        text.retain(|c| !column.strip.contains(c));
    }
    if let Some(pattern) = &column.pattern {
        other.clear();
        if let Some(groups) = pattern.captures(text) {
            other.push_str(groups.get(1).or_else(|| groups.get(0)).map_or("", |group| group.as_str()));
        }
        std::mem::swap(text, other);
    }
    if column.null_if.contains(text) {
        text.clear();
    }
    if let Some(mapped) = column.map.get(text.as_str()) {
        text.clone_from(mapped);
    }
    match column.case {
        Some(Case::Upper) => *text = text.to_uppercase(),
        Some(Case::Lower) => *text = text.to_lowercase(),
        None => {}
    }
}

fn typed(
    cell: &Cell<'_>,
    value: &str,
    scratch: &mut String,
    out: &mut Vec<u8>,
) -> Result<(), canonical::Reason> {
    let decimal_comma =
        cell.column.decimal_comma && matches!(cell.kind, CellKind::Integer | CellKind::Decimal);
    let value = if decimal_comma {
        scratch.clear();
        number::comma_to_point(value, scratch)?;
        scratch.as_str()
    } else {
        value
    };
    match &cell.kind {
        CellKind::Text => out.extend_from_slice(value.as_bytes()),
        CellKind::Integer => number::integer(value, out)?,
        CellKind::Decimal => number::decimal(value, out)?,
        CellKind::Boolean => canonical::boolean(value, out)?,
        CellKind::Date(reading) => canonical::time::date(value, reading, out)?,
        CellKind::Timestamp(reading) => canonical::time::timestamp(value, reading, out)?,
    }
    Ok(())
}
