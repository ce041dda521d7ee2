//! What a user may do, and the GRANTs that an administrator runs where that is not enough. They are printed, never
//! executed.

use super::{
    Dialect, Statement,
    catalogue::qualified,
    template::{Fill, Template, template},
};

/// PostgreSQL: user, schema, whether it may create tables there, whether it is a superuser.
pub fn postgres_privileges() -> Statement {
    Fill::default().render(Dialect::Postgres, template!("postgres" / "privileges"))
}

/// MySQL and MariaDB: user (name@host), database, whether LOAD DATA LOCAL is allowed.
pub fn mysql_privileges() -> Statement {
    Fill::default().render(Dialect::MySql, template!("mysql" / "privileges"))
}

/// MySQL and MariaDB: the user's privileges, a GRANT a row.
pub fn mysql_grants() -> Statement {
    Fill::default().render(Dialect::MySql, template!("mysql" / "grants"))
}

/// The privileges that tieout's own tables need on MySQL and MariaDB.
const MYSQL_NEEDED: [&str; 6] = ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP"];

/// PostgreSQL: whether the user may read a table of ours.
pub fn may_read(table: &[String]) -> Statement {
    let (dialect, name) = (Dialect::Postgres, qualified(Dialect::Postgres, table));
    Fill::default().value("table", &name).render(dialect, template!("postgres" / "may_read"))
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

/// MySQL and MariaDB: the line that lets `user`, quoted already, create tables and fill them.
#[must_use]
pub fn grant_database(privileges: &[&str], database: &str, user: &str) -> String {
    let dialect = Dialect::MySql;
    let fill = Fill::default()
        .sql("privileges", privileges.join(", "))
        .sql("database", dialect.quote(database))
        .sql("user", user);
    line(dialect, fill, template!("mysql" / "grant_database"))
}

/// A user of MySQL or MariaDB, as the server writes it (name@host), in a GRANT.
#[must_use]
pub fn mysql_user(user: &str) -> String {
    let (name, host) = user.rsplit_once('@').unwrap_or((user, "%"));
    format!("{}@{}", Dialect::MySql.quote(name), Dialect::MySql.quote(host))
}

/// The privileges of `MYSQL_NEEDED` that none of the user's grants gives on the database or on all of them.
#[must_use]
pub fn mysql_missing(grants: &[String], database: &str) -> Vec<&'static str> {
    let places = [
        format!(" ON {}.*", Dialect::MySql.quote(database)),
        format!(" ON {}.*", Dialect::MySql.quote(&database.replace('_', "\\_"))),
        " ON *.*".to_owned(),
    ];
    let gives = |grant: &str, place: &str, privilege: &str| {
        let privileges =
            grant.split_once(place).map(|(privileges, _)| privileges.trim_start_matches("GRANT "));
        privileges
            .is_some_and(|list| list == "ALL PRIVILEGES" || list.split(", ").any(|one| one == privilege))
    };
    let given = |privilege: &str| {
        grants.iter().any(|grant| places.iter().any(|place| gives(grant, place, privilege)))
    };
    MYSQL_NEEDED.into_iter().filter(|privilege| !given(privilege)).collect()
}

/// Whether some of the user's privileges come from roles, which a GRANT without a place gives.
#[must_use]
pub fn mysql_has_roles(grants: &[String]) -> bool {
    grants.iter().any(|grant| !grant.contains(" ON "))
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
            grant_database(&["CREATE", "DROP"], "books", &mysql_user("o'neil@10.0.0.%")),
            "GRANT CREATE, DROP ON `books`.* TO `o'neil`@`10.0.0.%`;"
        );
    }

    #[test]
    fn privileges_are_found_on_the_database_and_on_all_of_them() {
        let missing = |grants: &[&str]| {
            mysql_missing(&grants.iter().map(|&grant| grant.to_owned()).collect::<Vec<_>>(), "our_books")
        };
        assert_eq!(missing(&["GRANT USAGE ON *.* TO `u`@`%`"]), MYSQL_NEEDED);
        assert!(missing(&["GRANT ALL PRIVILEGES ON `our\\_books`.* TO `u`@`%`"]).is_empty());
        let half = "GRANT SELECT, INSERT, UPDATE ON *.* TO `u`@`%`";
        assert_eq!(missing(&[half, "GRANT DELETE, DROP ON `our_books`.* TO `u`@`%`"]), ["CREATE"]);
        assert!(mysql_has_roles(&["GRANT `clerk`@`%` TO `u`@`%`".to_owned()]));
        assert!(!mysql_has_roles(&[half.to_owned()]));
    }
}
