//! What a run is given: our table and its rows as SQL, the feed, and the file of theirs.

use super::format::{Batch, Case, Column, for_kind};
use crate::support::Kind;
use std::fmt::Write as _;
use toml::{Table, Value};

/// An option that is one text, or one per database.
pub fn text_for<'a>(kind: Kind, batch: &'a Batch, option: &str) -> Option<&'a str> {
    match batch.options.get(option)? {
        Value::Table(table) => for_kind(kind, table)?.as_str(),
        value => value.as_str(),
    }
}

/// A batch on one database, with what of it belongs there.
pub struct Run<'a> {
    pub kind: Kind,
    pub batch: &'a Batch,
    pub columns: Vec<&'a Column>,
    pub cases: Vec<&'a Case>,
}

impl Run<'_> {
    pub fn slug(&self) -> String {
        format!("{}-{}", self.batch.family, self.batch.name)
    }

    fn table(&self) -> String {
        text_for(self.kind, self.batch, "table").map_or_else(|| self.slug().replace('-', "_"), str::to_owned)
    }

    fn quote(&self, name: &str) -> String {
        if self.kind.mysql_family() {
            format!("`{}`", name.replace('`', "``"))
        } else {
            format!("\"{}\"", name.replace('"', "\"\""))
        }
    }

    /// The SQL that makes our table and fills it.
    pub fn ours(&self) -> String {
        let table = self.quote(&self.table());
        let mut definitions = Vec::new();
        if self.batch.named_rows {
            definitions.push("id varchar(100)".to_owned());
        }
        for column in &self.columns {
            let sql = column.sql_type(self.kind).unwrap_or_default();
            definitions.push(format!("{} {sql}", self.quote(named(column))));
        }
        definitions.extend((1..=self.batch.wide).map(|n| format!("w{n} varchar(3) DEFAULT 'w'")));
        let around =
            |option| text_for(self.kind, self.batch, option).unwrap_or_default().replace("{ours}", &table);
        let mut sql = format!(
            "{}\nCREATE TABLE {table} ({}) {};\n",
            around("before"),
            definitions.join(", "),
            around("suffix")
        );
        for case in &self.cases {
            for row in &case.ours {
                let _ = writeln!(sql, "{}", self.insert(&table, case, row));
            }
        }
        sql + &around("after")
    }

    fn insert(&self, table: &str, case: &Case, row: &Table) -> String {
        let (mut names, mut values) = (Vec::new(), Vec::new());
        if self.batch.named_rows {
            names.push("id".to_owned());
            values.push(self.literal(&case.name));
        }
        for (name, value) in row {
            let column = self.columns.iter().find(|column| column.name == *name);
            names.push(self.quote(column.map_or(name.as_str(), |column| named(column))));
            values.push(self.value(value));
        }
        if names.is_empty() {
            names.push(self.quote(named(self.columns[0])));
            values.push("NULL".to_owned());
        }
        format!("INSERT INTO {table} ({}) VALUES ({});", names.join(", "), values.join(", "))
    }

    fn value(&self, value: &Value) -> String {
        let value = match value {
            Value::Table(table) => {
                for_kind(self.kind, table).unwrap_or_else(|| panic!("{value:?}: none for {:?}", self.kind))
            }
            value => value,
        };
        let text = value.as_str().unwrap_or_else(|| panic!("{value:?} is to be a text"));
        text.strip_prefix('=').map_or_else(|| self.literal(&lengthened(text)), str::to_owned)
    }

    fn literal(&self, text: &str) -> String {
        let text = text.replace('\'', "''");
        let text = if self.kind.mysql_family() { text.replace('\\', "\\\\") } else { text };
        format!("'{text}'")
    }

    pub fn feed(&self) -> String {
        let mut columns = Vec::new();
        if self.batch.named_rows {
            columns.push(Table::from_iter([("name".into(), "id".into()), ("key".into(), true.into())]));
        }
        columns.extend(self.columns.iter().map(|column| column.feed.clone()));
        columns.extend(
            (1..=self.batch.wide).map(|n| Table::from_iter([("name".to_owned(), format!("w{n}").into())])),
        );
        // No case uses every column, and a path that matches nothing is a warning.
        let columns: String =
            columns.iter().map(|c| format!("[[column]]\noptional = true\n{}\n", render(c))).collect();
        let mut ours = Table::new();
        if let Some(query) = text_for(self.kind, self.batch, "query") {
            ours.insert("query".into(), query.replace("{ours}", &self.quote(&self.table())).into());
        } else {
            let table = text_for(self.kind, self.batch, "reads").map_or_else(|| self.table(), str::to_owned);
            ours.insert("table".into(), format!("\"{}\"", table.replace('"', "\"\"")).into());
        }
        if let Some(condition) = text_for(self.kind, self.batch, "where") {
            ours.insert("where".into(), condition.into());
        }
        let expressions: Table = self.columns.iter().filter_map(|column| self.expression(column)).collect();
        let xml = text_for(self.kind, self.batch, "xml").unwrap_or_default();
        format!(
            "[feed]\nname = \"{}\"\n\n[xml]\nrow = \"r\"\n{xml}\n\n[results]\nmatched = true\n\n{columns}[ours]\n{}\n[ours.columns]\n{}",
            self.slug(),
            render(&ours),
            render(&expressions)
        )
    }

    fn expression(&self, column: &Column) -> Option<(String, Value)> {
        let text = match column.options.get("expression") {
            Some(Value::Table(table)) => for_kind(self.kind, table)?.as_str()?.to_owned(),
            Some(value) => value.as_str()?.to_owned(),
            None => self.quote(column.options.get("named")?.as_str()?),
        };
        Some((column.name.clone(), text.into()))
    }

    pub fn theirs(&self) -> String {
        let mut xml = String::from("<rows>\n");
        for case in &self.cases {
            for row in &case.theirs {
                xml.push_str("<r>");
                if self.batch.named_rows {
                    let _ = write!(xml, "<id>{}</id>", escaped(&case.name));
                }
                for (name, value) in row {
                    let _ = write!(
                        xml,
                        "<{name}>{}</{name}>",
                        escaped(&lengthened(value.as_str().expect("a text of theirs")))
                    );
                }
                for n in (1..=self.batch.wide).filter(|n| !row.contains_key(&format!("w{n}"))) {
                    let _ = write!(xml, "<w{n}>w</w{n}>");
                }
                xml.push_str("</r>\n");
            }
        }
        xml + "</rows>\n"
    }
}

/// Ours' own name of a column.
fn named(column: &Column) -> &str {
    column.options.get("named").and_then(Value::as_str).unwrap_or(&column.name)
}

/// TOML lines of a table.
fn render(table: &Table) -> String {
    table.iter().map(|(key, value)| format!("{} = {}\n", quoted(key), rendered(value))).collect()
}

fn rendered(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Array(all) => format!("[{}]", all.iter().map(rendered).collect::<Vec<_>>().join(", ")),
        Value::Table(table) => {
            let pairs = table.iter().map(|(key, value)| format!("{} = {}", quoted(key), rendered(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        other => panic!("no feed holds {other:?}"),
    }
}

/// A JSON text is a TOML text.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `%2000%a` is 2000 letters before the `a`.
fn lengthened(text: &str) -> String {
    let parts = text.strip_prefix('%').and_then(|text| text.split_once('%'));
    let parts = parts.and_then(|(count, rest)| Some((count.parse().ok()?, rest)));
    parts.map_or_else(|| text.to_owned(), |(count, rest)| "é".repeat(count) + rest)
}

/// The same the other way round.
pub fn shortened(text: &str) -> String {
    let rest = text.trim_start_matches('é');
    let count = (text.len() - rest.len()) / 'é'.len_utf8();
    if count > 1 { format!("%{count}%{rest}") } else { text.to_owned() }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('\r', "&#13;").replace('\n', "&#10;").replace('\t', "&#9;")
}
