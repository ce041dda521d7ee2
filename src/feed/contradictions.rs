//! Keys of a `[[column]]` that contradict each other.

use super::{Equality, Kind, Repeat, Role, ValueFrom, ValueSource, table::KnownTable};

/// A mistyped type is one mistake, not one per option.
fn is_mistyped(table: &KnownTable<'_>, kind: &Kind) -> bool {
    *kind == Kind::Text && table.has("type") && table.text("type").is_none_or(|text| text.value != "text")
}

fn is_number(kind: &Kind) -> bool {
    matches!(kind, Kind::Integer | Kind::Decimal)
}

/// Where a value of this type cannot come from.
pub(super) fn refuse_of_source(table: &KnownTable<'_>, kind: &Kind, source: &ValueSource) {
    if is_mistyped(table, kind) {
        return;
    }
    if matches!(source.from, ValueFrom::FileDate) && table.has("format") {
        table.mistake(
            "format",
            "is how the file writes a date, and file_date is not written in it; take it out",
        );
    }
    if source.raw && *kind != Kind::Text {
        table.mistake("raw", format!("gives markup, and this column is of type {}", kind.name()));
    }
    if source.raw && source.lookup.is_some() {
        table.mistake("raw", "stands beside lookup; keep one of them");
    }
    if let (true, ValueFrom::Paths(paths)) = (source.raw, &source.from)
        && paths.iter().any(|path| path.attribute.is_some())
    {
        table.mistake("raw", "gives the markup inside an element; end the path at an element");
    }
    if source.repeat == Repeat::Count && !is_number(kind) && *kind != Kind::Text {
        let what = format!("`count` gives a number, and this column is of type {}", kind.name());
        table.mistake("repeat", what);
    }
    if source.repeat == Repeat::Sum && !is_number(kind) {
        let what = format!("`sum` adds up numbers, and this column is of type {}", kind.name());
        table.mistake("repeat", format!("{what}; add type = \"decimal\""));
    }
}

/// Options that a column of this type cannot have.
pub(super) fn refuse_by_type(table: &KnownTable<'_>, kind: &Kind, equality: &Equality) {
    if is_mistyped(table, kind) {
        return;
    }
    let numeric =
        ["decimal", "decimal_comma", "sign", "scale_by", "tolerance", "tolerance_percent", "total_by"];
    for key in numeric.into_iter().filter(|key| !is_number(kind) && table.has(key)) {
        let what = format!("is for numbers, and this column is of type {}", kind.name());
        table.mistake(key, format!("{what}; add type = \"decimal\", or take {key} out"));
    }
    if *equality == Equality::IgnoreCase && *kind != Kind::Text {
        let what = format!("is for text, and this column is of type {}; take it out", kind.name());
        table.mistake("ignore_case", what);
    }
}

/// Options that a key, or a column outside the comparison, cannot have.
pub(super) fn refuse_by_role(table: &KnownTable<'_>, role: Role, equality: &Equality) {
    for key in ["tolerance", "tolerance_percent", "ignore_case", "total_by"] {
        let set = if key == "ignore_case" { *equality == Equality::IgnoreCase } else { table.has(key) };
        if set && role == Role::Key && key != "total_by" {
            table.mistake(key, format!("a key column matches exactly; take {key} out, or key = true"));
        } else if set && role == Role::Carried {
            let what =
                format!("has no effect on a column that is not compared; take {key} out, or compare = false");
            table.mistake(key, what);
        }
    }
}
