//! `[[control]]`: what the file declares about itself, and what that must equal.

use super::{
    Absent, Column, Control, Grouping, Term, TermValue, ValueFrom, Xml,
    equals::terms,
    path::{Path, RowPath},
    sign::sign,
    table::KnownTable,
    within::{ScopePlace, places},
};

pub(super) const CONTROL: &[&str] =
    &["name", "per", "path", "by", "sign", "equals", "over", "on_failure", "on_absent"];

/// One `[[control]]`. `xml`: where its feed's rows are, if that could be read.
pub(super) fn control(table: &KnownTable<'_>, columns: &[Column], xml: Option<&Xml>) -> Option<Control> {
    table.require("name", "name it for the summary");
    table.require("path", "say where the file declares the number");
    table.require("equals", "write count, rows, sum(column), {path} or a number, joined by + and -");
    let name = table.word("name");
    let per = table.row_path("per");
    let path = table.path("path");
    let equals = equals(table, columns);
    refuse_nothing_above(table, path.as_ref(), equals.as_deref());
    if let (Some(per), Some(xml), Some(equals)) = (&per, xml, &equals) {
        refuse_without_rows(table, per, xml, equals);
    }
    let group = equals.as_ref().and_then(|equals| grouping(table, columns, equals));
    let sign = sign(table);
    let on_failure = table.choice("on_failure", &[("refuse", true), ("warn", false)]);
    let options = [("refuse", Absent::Refuse), ("warn", Absent::Warn), ("accept", Absent::Accept)];
    let absent = table.choice("on_absent", &options).unwrap_or_default();
    let over_run = table.choice("over", &[("file", false), ("run", true)]).unwrap_or(false);
    if over_run {
        refuse_over_run(table, on_failure.unwrap_or(true), absent, group.as_ref());
    }
    Some(Control {
        name: name?.value,
        per,
        path: path?,
        group,
        sign,
        equals: equals?,
        refuse: on_failure.unwrap_or(true),
        absent,
        over_run,
    })
}

fn equals(table: &KnownTable<'_>, columns: &[Column]) -> Option<Vec<Term>> {
    let text = table.word("equals")?;
    table.parsed("equals", &text, |text| terms(text, columns))
}

/// The paths among the terms.
fn braces(equals: &[Term]) -> impl Iterator<Item = &Path> {
    equals.iter().filter_map(|term| match &term.value {
        TermValue::Path(path) => Some(path),
        _ => None,
    })
}

fn refuse_nothing_above(table: &KnownTable<'_>, path: Option<&Path>, equals: Option<&[Term]>) {
    if table.has("per") {
        return;
    }
    let braces = equals.into_iter().flat_map(braces).map(|path| ("equals", path));
    for (key, path) in path.into_iter().map(|path| ("path", path)).chain(braces) {
        if path.up > 0 {
            table.mistake(key, "begins with `..`, but without `per` there is nothing to go up from");
        }
    }
}

/// A `per` within the rows must be where rows can be counted.
fn refuse_without_rows(table: &KnownTable<'_>, per: &RowPath, xml: &Xml, equals: &[Term]) {
    let found = places(per, xml);
    if !found.is_empty() && found.iter().all(|place| *place == ScopePlace::Aside) {
        let above = match &xml.explode {
            Some(explode) => format!("above the details ({})", explode.text),
            None => "the row element itself".to_owned(),
        };
        let what = format!(
            "leads into a row, but is not {above}: no row could be counted in it; name an element that holds rows"
        );
        table.mistake("per", what);
    }
    let within = |place: &ScopePlace| matches!(place, ScopePlace::Above { inner, .. } if !inner.is_empty());
    if !found.is_empty()
        && found.iter().all(within)
        && equals.iter().any(|term| matches!(term.value, TermValue::Count))
    {
        table.mistake(
            "equals",
            "count is the number of row elements, and `per` stands within one; write rows",
        );
    }
}

/// How the control adds up per value of the column by which its sums are totalled.
fn grouping(table: &KnownTable<'_>, columns: &[Column], equals: &[Term]) -> Option<Grouping> {
    let by = table.path("by");
    let mut totalled = equals.iter().filter_map(|term| match term.value {
        TermValue::Sum(column) => columns[column].comparison.total_by(),
        _ => None,
    });
    let Some(column) = totalled.next() else {
        if table.has("by") {
            table.mistake(
                "by",
                "groups what sum(…) of a column with total_by adds up, and there is none here",
            );
        }
        return None;
    };
    if totalled.any(|other| other != column) {
        table.mistake("equals", "adds up columns that are totalled by different columns; write two controls");
    }
    if equals.iter().any(|term| matches!(term.value, TermValue::Count)) {
        let what = format!(
            "count is of all rows, but sum(…) is added up per {}; write two controls",
            columns[column].name
        );
        table.mistake("equals", what);
    }
    Some(Grouping { column, path: by.or_else(|| own_attribute(&columns[column])) })
}

/// The attribute with which the column's own path ends, as a path from the element that has it.
fn own_attribute(column: &Column) -> Option<Path> {
    let ValueFrom::Paths(paths) = &column.source.from else { return None };
    let attribute = paths.iter().find_map(|path| path.attribute.clone())?;
    let text = format!("@{attribute}");
    Some(Path { absolute: false, up: 0, steps: Vec::new(), attribute: Some(attribute), text })
}

fn refuse_over_run(table: &KnownTable<'_>, refuse: bool, absent: Absent, group: Option<&Grouping>) {
    if refuse {
        let what = "over = \"run\" is known when all files were read: none of them can be refused; \
                    set on_failure = \"warn\"";
        table.mistake("over", what);
    }
    if absent == Absent::Refuse {
        table.mistake(
            "on_absent",
            "with over = \"run\" a number that is not there adds nothing; leave it out",
        );
    }
    if group.is_some() {
        table.mistake("over", "over = \"run\" adds up counts, not amounts of a column with total_by");
    }
}
