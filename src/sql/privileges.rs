//! What a user may do, and the GRANTs that an administrator runs where that is not enough. They are printed, never
//! executed.

use super::{
    Dialect, Statement,
    catalogue::qualified,
    template::{Fill, Template, template},
};

/// How a migration makes a table; its name follows.
pub const MAKES_TABLE: &str = "CREATE TABLE ";
/// How a migration makes an index.
pub const MAKES_INDEX: &str = "CREATE INDEX";
/// How a migration changes a table.
pub const CHANGES_TABLE: &str = "ALTER TABLE";

/// PostgreSQL: user, schema, whether it may look into it and create tables there, whether it is a superuser, whether its
/// transactions are read-only, whether the server is a replica.
pub fn postgres_privileges() -> Statement {
    Fill::default().render(Dialect::Postgres, template!("postgres" / "privileges"))
}

/// MySQL and MariaDB: user (name@host), database, roles in force.
pub fn mysql_privileges() -> Statement {
    Fill::default().render(Dialect::MySql, template!("mysql" / "privileges"))
}

/// MySQL and MariaDB: the user's privileges, a GRANT a row.
pub fn mysql_grants() -> Statement {
    Fill::default().render(Dialect::MySql, template!("mysql" / "grants"))
}

/// MySQL: the same with what these roles give, quoted already.
pub fn mysql_grants_with(roles: &[String]) -> Statement {
    Fill::default().sql("roles", roles.join(", ")).render(Dialect::MySql, template!("mysql" / "grants_with"))
}

/// MySQL and MariaDB: what of the server's settings decides whether a run can work there, by name.
pub fn mysql_variables() -> Statement {
    Fill::default().render(Dialect::MySql, template!("mysql" / "variables"))
}

/// PostgreSQL: of those of these tables that are there: the name, whether they are the user's own, what the user lacks.
pub fn own_tables(tables: &[String]) -> Statement {
    Fill::default()
        .value("tables", &tables.join(","))
        .render(Dialect::Postgres, template!("postgres" / "own_tables"))
}

/// PostgreSQL: whether the user may look into a schema.
pub fn may_use(schema: &str) -> Statement {
    Fill::default().value("schema", schema).render(Dialect::Postgres, template!("postgres" / "may_use"))
}

/// The line that lets `user`, quoted already, read ours: a table, or whatever a query of ours reads.
#[must_use]
pub fn grant_ours(dialect: Dialect, table: Option<&[String]>, user: &str) -> String {
    let table =
        table.map_or_else(|| "<every table that [ours] reads>".to_owned(), |table| qualified(dialect, table));
    line(dialect, Fill::default().sql("table", table).sql("user", user), template!("grant_ours"))
}

/// PostgreSQL: the line that lets `user` create tables; both names are quoted already.
#[must_use]
pub fn grant_schema(schema: &str, user: &str) -> String {
    let fill = Fill::default().sql("schema", schema).sql("user", user);
    line(Dialect::Postgres, fill, template!("postgres" / "grant_schema"))
}

/// The line that gives `user` privileges of a table; both names are quoted already.
#[must_use]
pub fn grant_table(dialect: Dialect, privileges: &str, table: &str, user: &str) -> String {
    let fill = Fill::default().sql("privileges", privileges).sql("table", table).sql("user", user);
    line(dialect, fill, template!("grant_table"))
}

/// PostgreSQL: the line that lets `user` look into a schema; both names are quoted already.
#[must_use]
pub fn grant_usage(schema: &str, user: &str) -> String {
    let fill = Fill::default().sql("schema", schema).sql("user", user);
    line(Dialect::Postgres, fill, template!("postgres" / "grant_usage"))
}

/// PostgreSQL: the line that makes a table `user`'s own; both names are quoted already.
#[must_use]
pub fn own_table(table: &str, user: &str) -> String {
    let fill = Fill::default().sql("table", table).sql("user", user);
    line(Dialect::Postgres, fill, template!("postgres" / "own_table"))
}

/// PostgreSQL: the line that lets `user` connect; both names are quoted already.
#[must_use]
pub fn grant_connect(database: &str, user: &str) -> String {
    let fill = Fill::default().sql("database", database).sql("user", user);
    line(Dialect::Postgres, fill, template!("postgres" / "grant_connect"))
}

/// MySQL and MariaDB: the line that gives `user`, quoted already, privileges on all tables of a database.
#[must_use]
pub fn grant_database(privileges: &str, database: &str, user: &str) -> String {
    let dialect = Dialect::MySql;
    // The name is a pattern there.
    let database = database.replace('\\', "\\\\").replace('_', "\\_").replace('%', "\\%");
    let fill = Fill::default()
        .sql("privileges", privileges)
        .sql("database", dialect.quote(&database))
        .sql("user", user);
    line(dialect, fill, template!("mysql" / "grant_database"))
}

/// A user of MySQL or MariaDB, as the server writes it (name@host), in a GRANT.
#[must_use]
pub fn mysql_user(user: &str) -> String {
    let (name, host) = user.rsplit_once('@').unwrap_or((user, "%"));
    format!("{}@{}", Dialect::MySql.quote(name), Dialect::MySql.quote(host))
}

/// Without the comment, which is for the file's reader.
fn line(dialect: Dialect, fill: Fill<'_>, template: Template) -> String {
    let text = fill.render(dialect, template).pasted(dialect);
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("--")).collect();
    format!("{};", lines.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_one_line_that_can_be_run() {
        let table = ["ledger".to_owned(), "our \"entries\"".to_owned()];
        assert_eq!(
            grant_ours(Dialect::Postgres, Some(&table), "reader"),
            "GRANT SELECT ON \"ledger\".\"our \"\"entries\"\"\" TO reader;"
        );
        assert_eq!(
            grant_database("CREATE, DROP", "our_books", &mysql_user("o'neil@10.0.0.%")),
            "GRANT CREATE, DROP ON `our\\_books`.* TO `o'neil`@`10.0.0.%`;"
        );
    }
}
