//! Reads theirs as ours is declared.

use super::{
    draft::{DraftColumn, DraftType},
    pairing::{Holds, Paired, SampledTable},
};
use crate::profile::{Form, Values};

/// Reads columns as ours are declared: where ours is a text, a number or a flag of theirs is one too, so that `01067` is
/// not `1067`. `values`: of the samples, per column. Says whether any changed.
pub fn read_as_ours(
    columns: &mut [DraftColumn],
    values: &[&Values],
    pairs: &[Option<Paired>],
    ours: &SampledTable,
) -> bool {
    let mut changed = false;
    for (n, column) in columns.iter_mut().enumerate() {
        let Some(our) = pairs[n].as_ref().map(|pair| &ours.columns[pair.ours]) else { continue };
        changed |= as_ours(column, values[n], our.holds);
    }
    changed
}

/// Reads a column as ours is declared; says whether that changed it.
fn as_ours(column: &mut DraftColumn, values: &Values, holds: Holds) -> bool {
    let kind = column.r#type.kind;
    let has = |form| values.filled > 0 && values.forms.has(form);
    // A sign, a format and decimals are no part of a code.
    let amount = column.sign.is_some() || kind == Some("decimal") && (values.point || values.comma);
    let new = match holds {
        Holds::Text if !amount && matches!(kind, Some("integer" | "decimal" | "boolean")) => {
            (None, "ours is a text: text")
        }
        Holds::Number if kind.is_none() && !column.join && has(Form::Integer) && !values.leading_zero => {
            (Some("integer"), "integer: ours is a number, and every value is a whole number")
        }
        Holds::Flag
            if kind.is_none() && !column.join && (has(Form::BooleanWord) || has(Form::BooleanLetter)) =>
        {
            (Some("boolean"), "boolean: ours is a flag")
        }
        _ => return false,
    };
    column.r#type = DraftType { kind: new.0, ..DraftType::default() };
    column.remarks = vec![new.1.to_owned()];
    true
}
