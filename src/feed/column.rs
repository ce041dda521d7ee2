//! `[[column]]`: one column, and what its options need of each other.

use super::{
    Case, Column, Comparison, Equality, Kind, Lookup, NumberOptions, Presence, Repeat, Role, ScaleBy,
    TextOptions, Tolerance, ValueFrom, ValueSource,
    contradictions::{refuse_by_role, refuse_by_type, refuse_of_source},
    formats,
    mistakes::advice,
    path::Path,
    sign::sign,
    table::{KnownTable, Text},
};
use crate::canonical::number::DecimalSign;
use regex::Regex;

pub(super) const COLUMN: &[&str] = &[
    "name",
    "path",
    "value",
    "from",
    "type",
    "format",
    "timezone",
    "key",
    "compare",
    "repeat",
    "separator",
    "late",
    "raw",
    "lookup",
    "required",
    "optional",
    "default",
    "null_if",
    "map",
    "trim",
    "collapse_spaces",
    "upper",
    "lower",
    "strip",
    "pattern",
    "sign",
    "scale_by",
    "decimal",
    "decimal_comma",
    "tolerance",
    "tolerance_percent",
    "total_by",
    "ignore_case",
];
pub(super) const LOOKUP: &[&str] = &["in", "id", "value", "repeat", "separator"];
pub(super) const SCALE_BY: &[&str] = &["path", "value", "operation"];
/// A name must leave room for `_theirs` and the like within the 63 bytes of a database.
const MAX_NAME: usize = 48;

/// All columns. A mistake in one leaves a column with that part missing, so that others may name it.
pub(super) fn columns(tables: &[KnownTable<'_>]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::with_capacity(tables.len());
    for table in tables {
        let column = column(table);
        if let Some(first) = columns.iter().position(|other| same_name(other, &column)) {
            let what = format!(
                "`{}` is the name of column {} too (letter case does not count); rename one of them",
                column.name,
                first + 1
            );
            table.mistake("name", what);
        }
        columns.push(column);
    }
    for (index, table) in tables.iter().enumerate() {
        let by = total_by(table, &columns, index);
        let comparison = std::mem::take(&mut columns[index].comparison);
        columns[index].comparison = comparison.totalled_by(by);
    }
    columns
}

fn same_name(one: &Column, other: &Column) -> bool {
    !one.name.is_empty() && one.name.to_lowercase() == other.name.to_lowercase()
}

fn column(table: &KnownTable<'_>) -> Column {
    let name = name(table).unwrap_or_default();
    let kind = kind(table);
    let text = text(table);
    let (role, equality) = (role(table), equality(table));
    refuse_by_type(table, &kind, &equality);
    refuse_by_role(table, role, &equality);
    let source = source(table, &name, &kind, text.trim);
    let number = NumberOptions { decimal: decimal(table), sign: sign(table), scale_by: scale_by(table) };
    Column { name, kind, source, text, number, comparison: Comparison::new(role, equality) }
}

fn source(table: &KnownTable<'_>, name: &str, kind: &Kind, trim: bool) -> ValueSource {
    let source = ValueSource {
        from: value_from(table, name),
        repeat: repeat(table),
        late: table.flag("late", false),
        raw: table.flag("raw", false),
        lookup: lookup(table, trim || *kind != Kind::Text),
        presence: presence(table),
        default: table.text("default").map(|text| text.value),
    };
    refuse_of_source(table, kind, &source);
    source
}

fn text(table: &KnownTable<'_>) -> TextOptions {
    TextOptions {
        trim: table.flag("trim", false),
        collapse_spaces: table.flag("collapse_spaces", false),
        strip: table.text("strip").map(|text| text.value).unwrap_or_default(),
        pattern: pattern(table),
        null_if: table.strings("null_if").unwrap_or_default(),
        map: table.string_map("map", "{ BOOK = \"B\" }"),
        case: case(table),
    }
}

fn role(table: &KnownTable<'_>) -> Role {
    match (table.flag("key", false), table.flag("compare", true)) {
        (true, false) => {
            table.mistake("compare", "a key column always compares; take compare = false out, or key = true");
            Role::Key
        }
        (true, true) => Role::Key,
        (false, true) => Role::Compared,
        (false, false) => Role::Carried,
    }
}

fn equality(table: &KnownTable<'_>) -> Equality {
    let tolerance = tolerance(table);
    match (table.flag("ignore_case", false), tolerance) {
        (true, _) => Equality::IgnoreCase,
        (false, Some(tolerance)) => Equality::Within(tolerance),
        (false, None) => Equality::Exact,
    }
}

fn name(table: &KnownTable<'_>) -> Option<String> {
    table.require("name", "name the column as the summary and our side should call it");
    let Text { value, at, .. } = table.word("name")?;
    let what = if value.len() > MAX_NAME {
        format!("has {} bytes; use at most {MAX_NAME}", value.len())
    } else if value.trim() != value {
        "begins or ends with a blank; take it out".to_owned()
    } else if value.contains(char::is_control) {
        "has a control character; take it out".to_owned()
    } else if value.contains(';') {
        "has a `;`, which separates the names in differing_columns; take it out".to_owned()
    } else if value.to_lowercase().starts_with("tieout_") {
        "begins with `tieout_`, which tieout's own columns do; choose another name".to_owned()
    } else {
        return Some(value);
    };
    table.mistake_at(at, "name", what);
    None
}

/// `path`, `value` or `from`; by default a path that is the column's own name.
fn value_from(table: &KnownTable<'_>, name: &str) -> ValueFrom {
    let mut given = ["path", "value", "from"].into_iter().filter(|key| table.has(key));
    if let (Some(first), Some(second)) = (given.next(), given.next()) {
        table.mistake(second, format!("stands beside {first}; keep one of path, value and from"));
    }
    let no_path = !table.has("path") && (table.has("value") || table.has("from"));
    for key in
        ["repeat", "separator", "late", "raw", "lookup"].into_iter().filter(|key| no_path && table.has(key))
    {
        table.mistake(key, "needs a path; a constant or `from` has one value");
    }
    if let Some(value) = table.text("value") {
        return ValueFrom::Constant(value.value);
    }
    let sources = [
        ("file_name", ValueFrom::FileName),
        ("file_date", ValueFrom::FileDate),
        ("row_number", ValueFrom::RowNumber),
        ("parent_row_number", ValueFrom::ParentRowNumber),
        ("detail_number", ValueFrom::DetailNumber),
        ("element", ValueFrom::Element),
    ];
    if let Some(from) = table.choice("from", &sources) {
        return from;
    }
    if table.has("path") || no_path || name.is_empty() {
        return ValueFrom::Paths(table.paths("path").unwrap_or_default());
    }
    let own_name = Path::parse(name).map_err(|_| {
        table.mistake("path", format!("is missing, and the name `{name}` is no path; write path = \"…\""));
    });
    ValueFrom::Paths(own_name.into_iter().collect())
}

fn kind(table: &KnownTable<'_>) -> Kind {
    let format = table.word("format");
    let timezone = table.word("timezone");
    if let Some(zone) = &timezone
        && let Err(what) = formats::timezone(&zone.value, &zone.written)
    {
        table.mistake_at(zone.at, "timezone", what);
    }
    let written = format.as_ref().map(|text| text.value.clone());
    let timezone = timezone.map(|text| text.value);
    let kinds = [
        ("text", Kind::Text),
        ("integer", Kind::Integer),
        ("decimal", Kind::Decimal),
        ("date", Kind::Date { format: written.clone(), timezone: timezone.clone() }),
        ("timestamp", Kind::Timestamp { format: written, timezone }),
        ("boolean", Kind::Boolean),
    ];
    let kind = table.choice("type", &kinds);
    if let Some(format) = format
        && let Err(what) = formats::strptime(&format.value, &format.written, table.has("timezone"))
    {
        table.mistake_at(format.at, "format", what);
    }
    let unknown = kind.is_none() && table.has("type");
    let kind = kind.unwrap_or(Kind::Text);
    let dated = matches!(kind, Kind::Date { .. } | Kind::Timestamp { .. });
    for key in ["format", "timezone"].into_iter().filter(|key| table.has(key) && !dated && !unknown) {
        let what = format!("is for date and timestamp, and this column is of type {}", kind.name());
        table.mistake(key, format!("{what}; change type, or take {key} out"));
    }
    kind
}

fn decimal(table: &KnownTable<'_>) -> DecimalSign {
    let comma = table.flag("decimal_comma", false);
    if table.has("decimal") && table.has("decimal_comma") {
        table.mistake("decimal_comma", "stands beside decimal; keep decimal");
    }
    let signs = [("point", DecimalSign::Point), ("comma", DecimalSign::Comma), ("auto", DecimalSign::Auto)];
    let usual = if comma { DecimalSign::Comma } else { DecimalSign::Point };
    table.choice("decimal", &signs).unwrap_or(usual)
}

fn repeat(table: &KnownTable<'_>) -> Repeat {
    several(table, true)
}

/// `repeat` and `separator`, of a column or of its look-up, which neither counts nor adds up.
fn several(table: &KnownTable<'_>, numbers: bool) -> Repeat {
    let separator = table.text("separator").map(|text| text.value);
    let join = Repeat::Join { separator: separator.unwrap_or_else(|| " ".to_owned()) };
    let options = [
        ("first", Repeat::First),
        ("last", Repeat::Last),
        ("join", join),
        ("count", Repeat::Count),
        ("sum", Repeat::Sum),
    ];
    let repeat = table.choice("repeat", if numbers { &options } else { &options[..3] });
    let joins = matches!(repeat, Some(Repeat::Join { .. })) || (repeat.is_none() && table.has("repeat"));
    if table.has("separator") && !joins {
        table.mistake("separator", "needs repeat = \"join\"; add it, or take separator out");
    }
    repeat.unwrap_or(Repeat::Refuse)
}

fn presence(table: &KnownTable<'_>) -> Presence {
    let optional = table.flag("optional", false);
    if table.is_text("required") {
        if optional {
            table.mistake("optional", "stands beside required; keep one of them");
        }
        if table.text("required").is_none_or(|text| text.value != "warn") {
            table.mistake("required", "is neither true, false nor \"warn\"");
        }
        return Presence::Expected;
    }
    match (table.flag("required", false), optional) {
        (true, true) => {
            table.mistake("optional", "stands beside required; keep one of them");
            Presence::Usual
        }
        (true, false) => Presence::Required,
        (false, true) => Presence::Optional,
        (false, false) => Presence::Usual,
    }
}

fn case(table: &KnownTable<'_>) -> Option<Case> {
    match (table.flag("upper", false), table.flag("lower", false)) {
        (true, true) => {
            table.mistake("lower", "stands beside upper; keep one of them");
            None
        }
        (true, false) => Some(Case::Upper),
        (false, true) => Some(Case::Lower),
        (false, false) => None,
    }
}

fn pattern(table: &KnownTable<'_>) -> Option<Regex> {
    let text = table.word("pattern")?;
    let note = |error: regex::Error| {
        // The library draws the pattern and a caret on lines of their own; its last line says what is wrong.
        let message = error.to_string();
        let last = message.lines().last().unwrap_or_default();
        let what = format!("is no regular expression: {}", last.trim_start_matches("error: "));
        table.mistake_at(text.at, "pattern", what);
    };
    Regex::new(&text.value).map_err(note).ok()
}

fn lookup(table: &KnownTable<'_>, trims: bool) -> Option<Lookup> {
    let example = "{ in = \"party\", id = \"@id\", value = \"partyName\" }";
    let lookup = table.table("lookup", LOOKUP, example)?;
    lookup.require("in", "name the elements that are looked up, like \"party\"");
    lookup.require("id", "say where an element's id stands, like \"@id\"");
    lookup.require("value", "say which value is wanted, like \"partyName\"");
    let (within, id, values) = (lookup.row_path("in"), lookup.path("id"), lookup.paths("value"));
    let repeat = several(&lookup, false);
    Some(Lookup { within: within?, id: id?, values: values?, repeat, trims })
}

fn scale_by(table: &KnownTable<'_>) -> Option<ScaleBy> {
    let example = "{ path = \"Nominal\", operation = \"divide\" }";
    let scale_by = table.table("scale_by", SCALE_BY, example)?;
    scale_by.require("operation", "write \"multiply\" or \"divide\"");
    let value = if scale_by.has("value") {
        if scale_by.has("path") {
            scale_by.mistake("value", "stands beside path; keep one of them");
        }
        let value = scale_by.decimal("value");
        if value.as_deref() == Some("0") {
            scale_by.mistake("value", "is 0; write another number");
        }
        value
    } else {
        scale_by.require("path", "say where the factor stands, or write value = \"0.01\"");
        None
    };
    let paths = if value.is_some() { Some(Vec::new()) } else { scale_by.paths("path") };
    let divide = scale_by.choice("operation", &[("multiply", false), ("divide", true)]);
    Some(ScaleBy { paths: paths?, value, divide: divide? })
}

fn tolerance(table: &KnownTable<'_>) -> Option<Tolerance> {
    let absolute = table.decimal("tolerance").map(Tolerance::Absolute);
    let percent = table.decimal("tolerance_percent").map(Tolerance::Percent);
    if table.has("tolerance") && table.has("tolerance_percent") {
        table.mistake("tolerance_percent", "stands beside tolerance; keep one of them");
    }
    absolute.or(percent)
}

fn total_by(table: &KnownTable<'_>, columns: &[Column], own: usize) -> Option<usize> {
    let text = table.word("total_by")?;
    let index = columns.iter().position(|column| column.name == text.value);
    match index {
        None => {
            let advice = advice(&text.written, columns.iter().map(|column| column.name.as_str()));
            let what = format!("no [[column]] is named `{}`; {advice}", text.written);
            table.mistake_at(text.at, "total_by", what);
        }
        Some(index) if index == own => {
            table.mistake_at(text.at, "total_by", "names the column itself; name the column that groups it");
        }
        Some(_) => {}
    }
    index
}
