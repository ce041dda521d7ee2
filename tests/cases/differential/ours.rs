//! Our table: created, filled, and read as it is, through a view or by a query.

use super::{
    native::Stored,
    schema::{Index, Reads, Schema},
    sides::{Ours, Sides},
    value::{Cell, Value},
};
use crate::support::{Kind as Server, Place, random::Random};
use std::fmt::Write as _;

pub fn quote(server: Server, name: &str) -> String {
    if server.mysql_family() { format!("`{name}`") } else { format!("\"{name}\"") }
}

/// The name that the feed reads, as a feed writes it.
pub fn relation(schema: &Schema) -> String {
    match schema.reads {
        Reads::Table | Reads::Query => format!("ours{}", schema.id()),
        Reads::QuotedTable => format!("\"Our rows, {}\"", schema.id()),
        Reads::View => format!("seen{}", schema.id()),
    }
}

/// The table's name in SQL.
pub fn table(schema: &Schema, server: Server) -> String {
    match schema.reads {
        Reads::QuotedTable => quote(server, &format!("Our rows, {}", schema.id())),
        _ => format!("ours{}", schema.id()),
    }
}

/// Once per database.
pub fn prepare(place: &Place) {
    if place.kind == Server::Postgres {
        place.sql("CREATE COLLATION IF NOT EXISTS loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)");
    }
}

/// The columns of the table that one of the schema needs: itself, and what the database computes it of.
fn definition(schema: &Schema, n: usize, place: &Place) -> String {
    let (server, column) = (place.kind, &schema.columns[n]);
    let required = if column.nullable { "" } else { " NOT NULL" };
    let sql_type =
        column.native.sql_type(server).replace(" NULL", if column.nullable { " NULL" } else { "" });
    let name = quote(server, &column.ours);
    let Some(generated) = column.generated else { return format!("{name} {sql_type}{required}") };
    // PostgreSQL has virtual columns from version 18 on, and no index of them.
    let stored =
        generated.stored || (server == Server::Postgres && (column.key() || !has_virtual_columns(place)));
    let (minus, kept) = (if generated.negated { "-" } else { "" }, if stored { "STORED" } else { "VIRTUAL" });
    // MariaDB takes no NOT NULL there.
    let own = if server == Server::MariaDb { "" } else { required };
    format!(
        "base{n} {sql_type}{required}, {name} {sql_type} GENERATED ALWAYS AS ({minus}base{n}) {kept}{own}"
    )
}

fn has_virtual_columns(place: &Place) -> bool {
    let version = place.query("SHOW server_version_num");
    version[0][0].as_ref().is_some_and(|version| version.as_str() >= "180000")
}

pub fn fill(schema: &Schema, sides: &Sides, place: &Place) -> Result<(), sqlx::Error> {
    let server = place.kind;
    let table = table(schema, server);
    let asked = || (0..schema.columns.len()).filter(|&n| schema.columns[n].asked());
    let columns: Vec<String> = asked().map(|n| definition(schema, n, place)).collect();
    let given = |n: usize| match schema.columns[n].generated {
        Some(_) => format!("base{n}"),
        None => quote(server, &schema.columns[n].ours),
    };
    let given: Vec<String> = asked().map(given).collect();
    let mut sql = match server {
        Server::Postgres => "SET TIME ZONE 'UTC'; SET DateStyle = 'ISO, YMD';\n".to_owned(),
        Server::Sqlite => String::new(),
        _ => "SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES';\n".to_owned(),
    };
    let partitions =
        if schema.partitions { partitions(schema, server) } else { [String::new(), String::new()] };
    let columns = columns.join(", ");
    let _ = writeln!(
        sql,
        "CREATE TABLE {table} ({columns}, in_scope integer) {};{}",
        partitions[0], partitions[1]
    );
    for batch in sides.ours.chunks(200) {
        let rows: Vec<String> = batch.iter().map(|row| literals(schema, row, server)).collect();
        let _ = writeln!(
            sql,
            "INSERT INTO {table} ({}, in_scope) VALUES\n{};",
            given.join(", "),
            rows.join(",\n")
        );
    }
    let unique = match schema.index {
        Index::None => None,
        Index::Plain => Some(""),
        Index::Unique => Some("UNIQUE "),
    };
    if let Some(unique) = unique {
        let _ = writeln!(
            sql,
            "CREATE {unique}INDEX ours_key{} ON {table} ({});",
            schema.id(),
            indexed(schema, server).join(", ")
        );
    }
    if schema.reads == Reads::View {
        let _ = writeln!(sql, "CREATE VIEW {} AS SELECT * FROM {table};", relation(schema));
    }
    place.try_sql(&sql)
}

/// What follows the table's columns, and what follows its creation.
fn partitions(schema: &Schema, server: Server) -> [String; 2] {
    match server {
        Server::Sqlite => [String::new(), String::new()],
        Server::Postgres => {
            let table = table(schema, server);
            let part = |n: u8| {
                format!("CREATE TABLE part{n}_of{} PARTITION OF {table} FOR VALUES IN ({n});", schema.id())
            };
            ["PARTITION BY LIST (in_scope)".to_owned(), part(0) + &part(1)]
        }
        Server::MySql | Server::MariaDb => {
            ["PARTITION BY HASH (in_scope) PARTITIONS 2".to_owned(), String::new()]
        }
    }
}

/// The key's columns; MySQL indexes a text's or bytes' beginning only.
fn indexed(schema: &Schema, server: Server) -> Vec<String> {
    let name = |column: &super::column::Column| {
        let text = column.native.sql_type(server);
        let long = server.mysql_family()
            && ["text", "longtext", "mediumtext"].iter().any(|name| text.starts_with(name));
        format!("{}{}", quote(server, &column.ours), if long { "(150)" } else { "" })
    };
    schema.keys().map(|(_, column)| name(column)).collect()
}

fn literals(schema: &Schema, row: &Ours, server: Server) -> String {
    let mut random = Random::new(row.noise);
    let mut all = Vec::new();
    for (column, cell) in schema.columns.iter().zip(&row.cells) {
        // Of its own for every column, so that no value's spelling hangs on the others'.
        let mut random = Random::new(random.next());
        if column.asked() {
            let unique = schema.index == Index::Unique && column.key();
            let stored = Stored { unique, twin: row.twin, nullable: column.nullable };
            let negated = column.generated.is_some_and(|generated| generated.negated);
            let cell = if negated { &negative(cell) } else { cell };
            all.push(column.native.literal(&mut random, server, cell, stored));
        }
    }
    all.push(u8::from(row.in_scope).to_string());
    format!("({})", all.join(", "))
}

fn negative(cell: &Cell) -> Cell {
    match cell {
        Some(Value::Number(number)) => Some(Value::Number(number.negated())),
        other => other.clone(),
    }
}

pub fn drop(schema: &Schema, place: &Place) {
    let view = match schema.reads {
        Reads::View => format!("DROP VIEW {};", relation(schema)),
        _ => String::new(),
    };
    place.sql(&format!("{view} DROP TABLE {};", table(schema, place.kind)));
}
