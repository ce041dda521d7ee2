//! Reads theirs as ours is declared.

use super::{
    candidates,
    draft::{DraftColumn, DraftType},
    pairing::{Holds, Paired, SampledTable},
    words::is_amount,
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
    let untyped = kind.is_none() && !column.join && values.filled > 0;
    let whole = !values.point && !values.comma;
    let new = match holds {
        Holds::Text if kind == Some("decimal") && is_amount(&candidates::telling(column)) => {
            column.remarks.push(
                "ours is a text, but the name is that of an amount, so texts like 1.5 and 1.50 are equal: leave type out if they are not"
                    .to_owned(),
            );
            return false;
        }
        Holds::Text if matches!(kind, Some("integer" | "decimal" | "boolean")) => {
            (None, "ours is a text: text")
        }
        Holds::Number if untyped && has(Form::Integer) => {
            (Some("integer"), "integer: ours is a number, and every value is a whole number")
        }
        Holds::Number if untyped && has(Form::Decimal) && !whole && !values.leading_zero => {
            (Some("decimal"), "decimal: ours is a number, and every value is one")
        }
        Holds::Flag if untyped && (has(Form::BooleanWord) || has(Form::BooleanLetter)) => {
            (Some("boolean"), "boolean: ours is a flag")
        }
        _ => return false,
    };
    column.r#type = DraftType { kind: new.0, ..DraftType::default() };
    column.sign = None;
    column.remarks = vec![new.1.to_owned()];
    true
}
