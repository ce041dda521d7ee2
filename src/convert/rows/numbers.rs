//! What is done to a number after it was read: several are added up, one is scaled, a code makes it negative.

use super::{
    bad::{BadValue, NoValue},
    buffers::Buffers,
    codes::Codes,
    sums::Sum,
    values::{Picked, ValueReader},
};
use crate::{
    canonical::number,
    convert::paths::{CompiledColumn, Factor, Route, Span},
    feed::{CodeMeans, Sign},
};

impl ValueReader<'_, '_> {
    /// Appends the exact sum of the values that were picked; `false`: none of them is a value.
    pub(super) fn sum(
        &mut self,
        column: &CompiledColumn<'_>,
        picked: &Picked,
        out: &mut Vec<u8>,
    ) -> Result<bool, NoValue> {
        let spans = std::mem::take(&mut self.buffers.spans);
        let base = std::mem::take(&mut self.buffers.base);
        let tree = self.tree;
        let (start, mut total, mut values) = (out.len(), Sum::default(), 0);
        for span in &spans {
            let raw = if picked.from_tree { tree.text(span.at) } else { &base[span.at.0..span.at.1] };
            if self.one(column, raw, out)? {
                total.add(std::str::from_utf8(&out[start..]).unwrap_or_default());
                values += 1;
            }
            out.truncate(start);
        }
        if values == 0 {
            return Ok(self.finish(column, "", out)?);
        }
        let total = total.canonical();
        number::decimal(&total, out).map_err(|reason| BadValue::new(total.as_bytes(), reason))?;
        self.arithmetic(column, &total, (start, values), out)?;
        Ok(true)
    }

    /// Scale and sign of the number that `out` ends with from `start` on, which so many values gave.
    pub(super) fn arithmetic(
        &mut self,
        column: &CompiledColumn<'_>,
        raw: &str,
        (start, values): (usize, usize),
        out: &mut Vec<u8>,
    ) -> Result<(), BadValue> {
        let bad = |reason| BadValue::new(raw.as_bytes(), reason);
        if let Some(factor) = &column.scale
            && let Some(text) = self.factor(column, factor)?
        {
            number::scale(out, start, &text, factor.divide).map_err(bad)?;
        }
        let Some(code) = column.sign.as_ref().filter(|code| !code.sign.suffix) else { return Ok(()) };
        let found = self.counted(&code.routes, "sign")?;
        let (codes, text) = found.map_or_else(Default::default, |(codes, text)| (codes, text));
        if codes > 1 && values > 1 && codes != values {
            let reason = format!("(of sign) stands {codes} times for {values} values that are added up");
            return Err(BadValue::new(text.as_bytes(), reason));
        }
        self.apply_sign(code.sign, &text, raw, start, out)
    }

    /// The canonical factor; `None`: the row has none.
    fn factor(
        &mut self,
        column: &CompiledColumn<'_>,
        factor: &Factor<'_>,
    ) -> Result<Option<String>, BadValue> {
        if let Some(value) = factor.value {
            return Ok(Some(value.to_owned()));
        }
        let Some(found) = self.single(&factor.routes, "scale_by")? else { return Ok(None) };
        let (mut point, mut canonical) = (String::new(), Vec::new());
        number::to_point(&found, column.column.number.decimal, &mut point)
            .and_then(|()| number::decimal(&point, &mut canonical))
            .map_err(|reason| BadValue::new(found.as_bytes(), format!("(of scale_by) {reason}")))?;
        Ok(Some(String::from_utf8(canonical).unwrap_or_default()))
    }

    /// Makes the number that `out` ends with negative where the code says so.
    pub(super) fn apply_sign(
        &mut self,
        sign: &Sign,
        code: &str,
        raw: &str,
        start: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), BadValue> {
        match sign.means(code) {
            CodeMeans::Positive => {}
            CodeMeans::Unlisted => {
                let (unlisted, code) = (&mut self.buffers.unlisted, code.trim());
                if unlisted.len() <= Codes::DIFFERENT && !unlisted.iter().any(|known| known == code) {
                    unlisted.push(code.to_owned());
                }
            }
            CodeMeans::Unknown => return Err(BadValue::new(code.as_bytes(), Sign::refusal(code))),
            CodeMeans::Negative => {
                number::negate(out, start, sign.negates)
                    .map_err(|reason| BadValue::new(raw.as_bytes(), reason))?;
            }
        }
        Ok(())
    }

    /// The one value of paths beside a column's own.
    pub fn single(&mut self, routes: &[Route], what: &'static str) -> Result<Option<String>, BadValue> {
        Ok(self.counted(routes, what)?.map(|(_, text)| text))
    }

    /// The same, and how often it stands there.
    fn counted(&mut self, routes: &[Route], what: &'static str) -> Result<Option<(usize, String)>, BadValue> {
        let picked = self.pick(routes, true);
        let Buffers { spans, base, .. } = &*self.buffers;
        let text = |span: &Span| {
            let bytes = if picked.from_tree { self.tree.text(span.at) } else { &base[span.at.0..span.at.1] };
            bytes.trim_ascii().to_owned()
        };
        let Some((first, others)) = spans.split_first() else { return Ok(None) };
        let first = text(first);
        if let Some(other) = others.iter().map(text).find(|other| *other != first) {
            return Err(BadValue::new(
                other.as_bytes(),
                format!("(of {what}) contradicts another value of the same row"),
            ));
        }
        Ok(Some((spans.len(), first)))
    }
}
