//! The feed file of a schema.

use super::{
    column::{Column, Place, Role, Rule, STRIPPED, Twist},
    native::Form,
    ours, packing,
    schema::{FEED, Reads, SETS, Schema},
    scope, spell,
};
use crate::support::Kind as Server;
use std::fmt::Write as _;

/// A text of the feed.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

/// The feed of one set, or of several.
pub fn feed(sets: &[Schema], server: Server) -> String {
    let schema = &sets[0];
    let mut out = format!("[feed]\nname = \"{FEED}\"\n\n[xml]\nroot = \"doc\"\n");
    let _ = writeln!(out, "chunk_rows = {}", schema.chunk_rows);
    if schema.quarantine {
        out.push_str("bad_rows = \"quarantine\"\n");
    }
    if schema.namespace.is_some() {
        out.push_str("namespace = \"urn:r*s\"\n");
    }
    if schema.beside {
        let _ = writeln!(out, "members = \"{}\"", packing::MEMBERS);
    }
    for schema in sets {
        write_set(&mut out, schema, server);
    }
    let _ = writeln!(out, "\n[results]\nmatched = {}", schema.matched);
    if let Some(audit) = schema.audit {
        let _ = writeln!(out, "audit = {audit}");
    }
    out
}

/// Rows, columns and ours; of a set among several as its own tables.
fn write_set(out: &mut String, schema: &Schema, server: Server) {
    if let Some(set) = schema.set {
        let _ = writeln!(out, "\n[[set]]\nname = \"{}\"", SETS[set]);
    }
    let _ = writeln!(out, "row = \"{}\"\nallow_empty = true", schema.tag("r"));
    if schema.explode {
        out.push_str("explode = \"d\"\n");
    }
    if schema.filtered {
        out.push_str("where = \"st = 'BOOK'\"\n");
    }
    for (n, column) in schema.columns.iter().enumerate() {
        write_column(out, schema, n, column);
    }
    let _ = writeln!(out, "\n[{}ours]", prefix(schema));
    write_relation(out, schema, server);
    let _ = writeln!(out, "[{}ours.columns]", prefix(schema));
    for column in schema.columns.iter().filter(|column| column.asked()) {
        let name = ours::quote(server, &column.ours);
        let expression = match column.native.form {
            Form::Hundredths => format!("{name} / 100.0"),
            _ if column.ours == column.name && column.role != (Role::Carried { asked: true }) => continue,
            _ => name,
        };
        let _ = writeln!(out, "{} = {}", quoted(&column.name), quoted(&expression));
    }
}

/// What stands before the names of a set's tables.
fn prefix(schema: &Schema) -> &'static str {
    if schema.set.is_some() { "set." } else { "" }
}

/// What is read of ours: in a query, the scope is a part of it.
fn write_relation(out: &mut String, schema: &Schema, server: Server) {
    let mut conditions: Vec<String> =
        schema.scoped.then(|| "in_scope = :wanted".to_owned()).into_iter().collect();
    let scope = schema.scope.map(|scope| scope::condition(schema, scope, server));
    let _ = if schema.reads == Reads::Query {
        let scope = scope.map(|scope| format!(" WHERE {scope}")).unwrap_or_default();
        let query = format!("SELECT * FROM {}{scope}", ours::table(schema, server));
        writeln!(out, "query = {}", quoted(&query))
    } else {
        conditions.extend(scope);
        writeln!(out, "table = {}", quoted(&ours::relation(schema)))
    };
    if !conditions.is_empty() {
        let _ = writeln!(out, "where = {}", quoted(&conditions.join(" AND ")));
    }
}

fn write_column(out: &mut String, schema: &Schema, n: usize, column: &Column) {
    let _ = writeln!(
        out,
        "\n[[{}column]]\nname = {}\ntype = \"{}\"",
        prefix(schema),
        quoted(&column.name),
        column.kind.name()
    );
    let within = if schema.inside(n) { "d/" } else { "" };
    let _ = match column.place {
        Place::Element => writeln!(out, "path = \"{within}x{n}\""),
        Place::Attribute => writeln!(out, "path = \"{within}@x{n}\""),
        Place::Nested => writeln!(out, "path = \"{within}x{n}/v\""),
        Place::NestedAttribute => writeln!(out, "path = \"{within}x{n}/@v\""),
        Place::Either => writeln!(out, "path = [\"{within}y{n}\", \"{within}x{n}\"]"),
        Place::Parent { attribute: false } => writeln!(out, "path = \"../x{n}\""),
        Place::Parent { attribute: true } => writeln!(out, "path = \"../@x{n}\""),
        Place::Above if column.late => writeln!(out, "path = \"/doc/{}/x{n}\"", schema.tag("ftr")),
        Place::Above => writeln!(out, "path = \"/doc/{}/x{n}\"", schema.tag("hdr")),
        Place::Lookup { .. } => writeln!(
            out,
            "path = \"{within}x{n}/@ref\"\nlookup = {{ in = \"{}\", id = \"@id\", value = [\"w\", \"v\"] }}",
            schema.tag(&format!("e{n}"))
        ),
    };
    if column.late {
        out.push_str("late = true\n");
    }
    let _ = match column.role {
        Role::Key => writeln!(out, "key = true"),
        Role::Carried { .. } => writeln!(out, "compare = false"),
        Role::Compared => Ok(()),
    };
    let _ = match &column.rule {
        Rule::Exact => Ok(()),
        Rule::Within(limit) => writeln!(out, "tolerance = \"{}\"", limit.shown()),
        Rule::Percent(limit) => writeln!(out, "tolerance_percent = \"{}\"", limit.shown()),
        Rule::AnyCase => writeln!(out, "ignore_case = true"),
    };
    if column.null_if {
        let _ = writeln!(out, "null_if = [\"-none-\", \"{}\"]", spell::NOTHING);
    }
    if let Some(default) = &column.default {
        let _ = writeln!(out, "default = {}", quoted(&default.shown()));
    }
    if let Some((_, by)) = schema.total.filter(|(total, _)| *total == n) {
        let _ = writeln!(out, "total_by = {}", quoted(&schema.columns[by].name));
    }
    write_twist(out, within, n, column.twist);
}

fn write_twist(out: &mut String, within: &str, n: usize, twist: Twist) {
    let line = match twist {
        Twist::None => return,
        Twist::Trim => "trim = true".to_owned(),
        Twist::Collapse => "collapse_spaces = true".to_owned(),
        Twist::Strip => format!("strip = \"{STRIPPED}\""),
        Twist::Pattern => format!("pattern = \"(?s)^{}(.*)$\"", spell::BEFORE),
        Twist::Map => {
            let entries: Vec<String> =
                spell::MAPPED.iter().map(|(from, to)| format!("{} = {}", quoted(from), quoted(to))).collect();
            format!("map = {{ {} }}", entries.join(", "))
        }
        Twist::Upper => "upper = true".to_owned(),
        Twist::Lower => "lower = true".to_owned(),
        Twist::Join => "repeat = \"join\"\nseparator = \"|\"".to_owned(),
        Twist::First => "repeat = \"first\"".to_owned(),
        Twist::Last => "repeat = \"last\"".to_owned(),
        Twist::DecimalComma => "decimal_comma = true".to_owned(),
        Twist::Thousands => "strip = \"'\"".to_owned(),
        Twist::Sign => format!("sign = {{ path = \"{within}s{n}\", negative = [\"{}\"] }}", spell::DEBIT),
        Twist::Multiply => format!("scale_by = {{ path = \"{within}s{n}\", operation = \"multiply\" }}"),
        Twist::Divide => format!("scale_by = {{ path = \"{within}s{n}\", operation = \"divide\" }}"),
        Twist::Format(format) => format!("format = \"{format}\""),
        Twist::Zone(zone) => format!("timezone = \"{}\"", zone.name),
    };
    let _ = writeln!(out, "{line}");
}
