//! What `SHOW GRANTS` of MySQL and MariaDB says, read as privileges of places.

use super::Dialect;

/// The privileges of a user, a GRANT a row.
pub struct MysqlGrants(Vec<MysqlGrant>);

struct MysqlGrant {
    /// A REVOKE, which takes a part of a GRANT of everything back.
    revokes: bool,
    privileges: Vec<String>,
    /// A pattern of LIKE where `table` is `*`.
    database: String,
    table: String,
}

impl MysqlGrants {
    /// Reads the rows. One that gives a role, or says anything else, gives no privilege.
    #[must_use]
    pub fn read(rows: &[String]) -> Self {
        Self(rows.iter().filter_map(|row| MysqlGrant::read(row)).collect())
    }

    /// Whether a privilege is held everywhere on the server.
    #[must_use]
    pub fn everywhere(&self, privilege: &str) -> bool {
        self.0.iter().any(|grant| !grant.revokes && grant.is_global() && grant.names(privilege))
    }

    /// Whether a privilege is held on all tables of a database.
    #[must_use]
    pub fn on_database(&self, privilege: &str, database: &str) -> bool {
        let of = |revokes: bool| {
            let of = self.0.iter().filter(move |grant| grant.revokes == revokes && grant.names(privilege));
            of.filter(|grant| !grant.is_global() && grant.table == "*" && like(&grant.database, database))
        };
        of(false).next().is_some() || (self.everywhere(privilege) && of(true).next().is_none())
    }

    /// Whether a privilege is held on one table as a whole, by a GRANT of its own.
    #[must_use]
    pub fn on_table(&self, privilege: &str, database: &str, table: &str) -> bool {
        let is = |grant: &&MysqlGrant| grant.database == database && grant.table == table;
        self.0.iter().filter(is).any(|grant| !grant.revokes && grant.names(privilege))
    }

    /// Which of the privileges that a database does not give a table of it does not give either. What is done to rows is
    /// given together: the server does not add up what a database and a table give.
    #[must_use]
    pub fn left<'p>(&self, missing: &[&'p str], database: &str, table: &str) -> Vec<&'p str> {
        let gives = |privilege: &str| self.on_table(privilege, database, table);
        let rows = ROWS.into_iter().all(gives);
        let left = missing.iter().filter(|one| if ROWS.contains(one) { !rows } else { !gives(one) });
        left.copied().collect()
    }
}

/// What is done to rows.
const ROWS: [&str; 4] = ["SELECT", "INSERT", "UPDATE", "DELETE"];

impl MysqlGrant {
    fn read(row: &str) -> Option<Self> {
        let (revokes, rest) = match row.strip_prefix("GRANT ") {
            Some(rest) => (false, rest),
            None => (true, row.strip_prefix("REVOKE ")?),
        };
        let (list, rest) = split_once(rest, " ON ")?;
        let (place, _) = split_once(rest, if revokes { " FROM " } else { " TO " })?;
        let (database, table) = split_once(place.strip_prefix("TABLE ").unwrap_or(place), ".")?;
        // A list of columns is a privilege on no table.
        let privileges = split(list, ",").into_iter().map(str::trim).filter(|one| !one.contains('('));
        Some(Self {
            revokes,
            privileges: privileges.map(str::to_owned).collect(),
            database: bare(database)?,
            table: bare(table)?,
        })
    }

    fn is_global(&self) -> bool {
        self.database == "*" && self.table == "*"
    }

    fn names(&self, privilege: &str) -> bool {
        self.privileges.iter().any(|one| one == "ALL PRIVILEGES" || one == "ALL" || one == privilege)
    }
}

/// The roles that `current_role()` names, quoted once more.
#[must_use]
pub fn mysql_roles(current: &str) -> Vec<String> {
    let role = |text: &str| {
        let (name, host) = split_once(text.trim(), "@").unwrap_or((text.trim(), "%"));
        let quoted = |text: &str| Some(Dialect::MySql.quote(&bare(text)?));
        Some(format!("{}@{}", quoted(name)?, quoted(host)?))
    };
    if current == "NONE" { Vec::new() } else { split(current, ",").into_iter().filter_map(role).collect() }
}

/// The parts of a text between separators that stand outside of quotes and parentheses.
fn split<'t>(text: &'t str, separator: &str) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((part, more)) = split_once(rest, separator) {
        parts.push(part);
        rest = more;
    }
    parts.push(rest);
    parts
}

/// The texts before and after the first such separator.
fn split_once<'t>(text: &'t str, separator: &str) -> Option<(&'t str, &'t str)> {
    let (mut quoted, mut depth) = (false, 0_usize);
    for (at, letter) in text.char_indices() {
        if !quoted && depth == 0 && text[at..].starts_with(separator) {
            return Some((&text[..at], &text[at + separator.len()..]));
        }
        match letter {
            '`' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// A name without its quotes; nothing where more stands there, as before the name of a procedure.
fn bare(text: &str) -> Option<String> {
    let text = text.trim();
    match text.strip_prefix('`').and_then(|text| text.strip_suffix('`')) {
        Some(quoted) => Some(quoted.replace("``", "`")),
        None => (!text.contains([' ', '`'])).then(|| text.to_owned()),
    }
}

/// `LIKE`, whose escape is a backslash.
fn like(pattern: &str, text: &str) -> bool {
    let mut letters = pattern.chars();
    match letters.next() {
        None => text.is_empty(),
        Some('%') => {
            let rest = letters.as_str();
            text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| like(rest, &text[at..]))
        }
        Some(letter) => {
            let wanted = if letter == '\\' { letters.next() } else { Some(letter).filter(|one| *one != '_') };
            let mut rest = text.chars();
            rest.next().is_some_and(|found| {
                wanted.is_none_or(|wanted| wanted == found) && like(letters.as_str(), rest.as_str())
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(rows: &[&str]) -> MysqlGrants {
        MysqlGrants::read(&rows.iter().map(|&row| row.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn privileges_are_found_where_they_are_given() {
        let all = grants(&["GRANT ALL PRIVILEGES ON `our\\_books`.* TO `u`@`%` WITH GRANT OPTION"]);
        assert!(all.on_database("DROP", "our_books") && !all.on_database("DROP", "ourXbooks"));
        let some = grants(&[
            "GRANT SELECT, CREATE VIEW ON *.* TO `u`@`%`",
            "REVOKE SELECT ON `secret`.* FROM `u`@`%`",
            "GRANT DELETE ON `our%`.* TO `u`@`%`",
        ]);
        assert!(some.on_database("SELECT", "books") && !some.on_database("SELECT", "secret"));
        assert!(some.on_database("CREATE VIEW", "books") && !some.on_database("CREATE", "books"));
        assert!(some.on_database("DELETE", "our_books") && !some.on_database("DELETE", "books"));
        assert!(some.everywhere("SELECT") && !some.everywhere("DELETE"));
        let table = grants(&["GRANT SELECT, INSERT (`a`, `b`), UPDATE ON `d`.`t ON ``x` TO `u`@`%`"]);
        assert!(table.on_table("SELECT", "d", "t ON `x") && table.on_table("UPDATE", "d", "t ON `x"));
        assert!(!table.on_table("INSERT", "d", "t ON `x") && !table.on_database("SELECT", "d"));
        assert_eq!(table.left(&["SELECT", "DROP"], "d", "t ON `x"), ["SELECT", "DROP"], "not all of rows");
        let rows = grants(&["GRANT SELECT, INSERT, UPDATE, DELETE, DROP ON `d`.`t` TO `u`@`%`"]);
        assert_eq!(rows.left(&["SELECT", "DROP", "CREATE"], "d", "t"), ["CREATE"]);
    }

    #[test]
    fn what_gives_no_privilege_on_a_table_is_passed_over() {
        for row in [
            "GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19'",
            "GRANT `clerk`@`%` TO `u`@`%`",
            "GRANT EXECUTE ON PROCEDURE `d`.`p` TO `u`@`%`",
            "GRANT PROXY ON ``@`` TO `u`@`%` WITH GRANT OPTION",
            "SET DEFAULT ROLE `clerk` FOR `u`@`%`",
            "",
        ] {
            let grants = grants(&[row]);
            assert!(!grants.on_database("SELECT", "d") && !grants.on_table("EXECUTE", "d", "p"), "{row}");
        }
    }

    #[test]
    fn roles_are_quoted_once_more() {
        assert_eq!(mysql_roles("NONE"), Vec::<String>::new());
        assert_eq!(mysql_roles("`a,``b`@`%`,`c`@`h`"), ["`a,``b`@`%`", "`c`@`h`"]);
    }
}
