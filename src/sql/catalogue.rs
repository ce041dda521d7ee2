//! What is asked of a server's catalogue: its version, tables, columns, unique indexes, which of tieout's own tables
//! are there, and on PostgreSQL what names and policies mean to this role.

use super::{
    Dialect, Statement,
    template::{Fill, template},
};

/// Where the migrations of tieout's own tables keep their account.
pub const SCHEMA_HISTORY: &str = "tieout_schema_history";

/// The server's version. MySQL and MariaDB are told apart by what it gives, so that either stands for both.
pub fn version(dialect: Dialect) -> Statement {
    Fill::default().render(dialect, template!(dialect, "version"))
}

/// The columns of one of tieout's own tables, in order.
pub fn table_columns(dialect: Dialect, table: &str) -> Statement {
    Fill::default().value("table", table).render(dialect, template!(dialect, "table_columns"))
}

/// (index, column) of the unique indexes of a table of ours.
pub fn unique_indexes(dialect: Dialect, table: &[String]) -> Statement {
    of_table(dialect, table).render(dialect, template!(dialect, "unique_indexes"))
}

/// What the server knows of a table of ours: estimated rows, bytes, when statistics were gathered, rows changed since.
pub fn statistics(dialect: Dialect, table: &[String]) -> Statement {
    of_table(dialect, table).render(dialect, template!(dialect, "statistics"))
}

/// MySQL and MariaDB: when they were gathered, which not everybody may ask.
#[must_use]
pub fn statistics_gathered(dialect: Dialect, table: &[String]) -> Option<Statement> {
    let gathered = template!("mysql" / "statistics_gathered");
    dialect.mysql_family().then(|| of_table(dialect, table).render(dialect, gathered))
}

/// (index, column) of all indexes of a table of ours.
pub fn indexes(dialect: Dialect, table: &[String]) -> Statement {
    of_table(dialect, table).render(dialect, template!(dialect, "indexes"))
}

fn of_table(dialect: Dialect, table: &[String]) -> Fill<'static> {
    let (schema, name) = looked_up(dialect, table);
    Fill::default().value("schema", &schema).value("table", &name)
}

/// A table's schema, empty for the current one, and its name, as the catalogue's statements take them: PostgreSQL
/// resolves a whole name by itself.
pub(super) fn looked_up(dialect: Dialect, table: &[String]) -> (String, String) {
    match table {
        _ if dialect == Dialect::Postgres => (String::new(), qualified(dialect, table)),
        [.., schema, name] => (schema.clone(), name.clone()),
        _ => (String::new(), table.concat()),
    }
}

/// A table's name in a statement.
#[must_use]
pub fn qualified(dialect: Dialect, table: &[String]) -> String {
    table.iter().map(|part| dialect.quote(part)).collect::<Vec<_>>().join(".")
}

/// All columns of a table of ours, to be prepared only; messages call it as they call the feed's own SELECT.
pub fn our_table(dialect: Dialect, table: &[String]) -> Statement {
    let name = qualified(dialect, table);
    let select = Fill::default().sql("table", name).render(dialect, template!("our_table"));
    Statement::new("ours", select.locking, select.pieces)
}

/// A row where tieout's own tables were ever made in this database.
pub fn schema_history(dialect: Dialect) -> Statement {
    Fill::default().value("history", SCHEMA_HISTORY).render(dialect, template!(dialect, "schema_history"))
}

/// The versions of them that were applied.
pub fn schema_versions(dialect: Dialect) -> Statement {
    Fill::default().sql("history", SCHEMA_HISTORY).render(dialect, template!("schema_versions"))
}

/// PostgreSQL: where the session looks for names, and what that puts in front of the server's own.
pub fn search_path() -> [Statement; 2] {
    [template!("postgres" / "search_path"), template!("postgres" / "in_front")].map(postgres)
}

/// PostgreSQL: what makes the server refuse a statement that policies would filter, and what ends that.
pub fn row_security() -> [Statement; 2] {
    [template!("postgres" / "row_security_off"), template!("postgres" / "row_security_reset")].map(postgres)
}

fn postgres(template: super::template::Template) -> Statement {
    Fill::default().render(Dialect::Postgres, template)
}
