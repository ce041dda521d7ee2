//! The text of a script, statement by statement.

use super::{
    Field,
    guard::{equals, indexed},
    value::{literal, obstacle, value},
};
use crate::{
    model::{OurField, OurTable},
    sql::{Dialect, canonical::canonical},
};

/// Writes one script.
pub struct Script<'a> {
    dialect: Dialect,
    table: &'a OurTable,
    fields: Vec<Field<'a>>,
    name: String,
    changes: u64,
    checks: u64,
}

/// A row before and after a change; the fields are canonical texts.
pub type Row<'r> = Option<&'r [String]>;

impl<'a> Script<'a> {
    /// A script on this table.
    #[must_use]
    pub fn new(dialect: Dialect, table: &'a OurTable, fields: Vec<Field<'a>>) -> Self {
        let parts: Vec<String> = table.name.iter().map(|part| dialect.quote(part)).collect();
        Self { dialect, table, fields, name: parts.join("."), changes: 0, checks: 0 }
    }

    /// The session, the table that the checks are written to, and the begin of the transaction.
    #[must_use]
    pub fn begin(&self) -> String {
        let session: String = self.dialect.meaning().iter().map(|sql| format!("{sql};\n")).collect();
        let columns = "(\n    n       bigint NOT NULL,\n    changed bigint,\n    found   bigint,\n    \
                       CONSTRAINT tieout_exactly_one_row_was_changed CHECK (changed = 1),\n    \
                       CONSTRAINT tieout_the_new_values_are_there CHECK (found >= 1)\n)";
        match self.dialect {
            // The foreign key is looked at when the transaction commits, whatever the client made of an error.
            Dialect::Postgres => format!(
                "{session}BEGIN;\n\
                 CREATE TEMP TABLE tieout_check {columns} ON COMMIT DROP;\n\
                 CREATE TEMP TABLE tieout_checks_passed (n bigint PRIMARY KEY) ON COMMIT DROP;\n\
                 CREATE TEMP TABLE tieout_checks_expected (n bigint REFERENCES tieout_checks_passed DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP;\n\
                 INSERT INTO tieout_checks_expected VALUES (-1);\n"
            ),
            // Some servers take no table without a primary key.
            Dialect::MySql | Dialect::MariaDb => format!(
                "{session}DROP TEMPORARY TABLE IF EXISTS tieout_check;\n\
                 CREATE TEMPORARY TABLE tieout_check {} ENGINE = InnoDB;\n\
                 START TRANSACTION;\n",
                columns.replacen("(\n", "(\n    id      bigint AUTO_INCREMENT PRIMARY KEY,\n", 1)
            ),
            // A client that does not know .bail cannot run the script, and so cannot go on after an error.
            Dialect::Sqlite => format!(
                ".bail on\nBEGIN IMMEDIATE;\nCREATE TEMP TABLE tieout_check {columns};\n{}",
                self.view()
            ),
        }
    }

    /// The commit, only where every check passed.
    #[must_use]
    pub fn end(&self) -> String {
        let checks = self.checks;
        match self.dialect {
            Dialect::Postgres => format!(
                "\nUPDATE tieout_checks_expected SET n = {checks};\n\
                 INSERT INTO tieout_checks_passed SELECT count(*) FROM tieout_check;\nCOMMIT;\n"
            ),
            Dialect::MySql | Dialect::MariaDb => format!(
                "\nSET @tieout = IF((SELECT COUNT(*) FROM tieout_check) = {checks}, 'COMMIT', 'DO 0');\n\
                 PREPARE tieout_commit FROM @tieout;\nEXECUTE tieout_commit;\nROLLBACK;\n"
            ),
            Dialect::Sqlite => {
                "\nDROP VIEW temp.tieout_ours;\nDROP TABLE temp.tieout_check;\nCOMMIT;\n".into()
            }
        }
    }

    /// Ours as canonical texts, by rowid; keys also as they are stored, for their indexes.
    fn view(&self) -> String {
        let mut columns = vec!["rowid AS tieout_row".to_owned()];
        for (n, field, ours) in self.known() {
            let x = self.dialect.quote(&ours.name);
            if field.key {
                columns.push(format!("{x} AS tieout_key_{}", n + 1));
            }
            let text = canonical(self.dialect, &field.kind, ours.family, &x);
            columns.push(format!("{text} AS {}", self.dialect.quote(field.name)));
        }
        format!(
            "CREATE TEMP VIEW tieout_ours AS\nSELECT {}\nFROM {};\n",
            columns.join(",\n       "),
            self.name
        )
    }

    /// The statements of one change: an UPDATE, an INSERT where there was no row, a DELETE where there is to be none.
    pub fn change(&mut self, before: Row<'_>, after: Row<'_>) -> String {
        self.changes += 1;
        self.checks += 1;
        let n = self.changes;
        let (statement, new) = match (before, after) {
            (Some(before), Some(after)) => (self.update(before, after), Some((after, Some(before)))),
            (Some(before), None) => (self.delete(before), None),
            (None, Some(after)) => (self.insert(after), Some((after, None))),
            (None, None) => (String::new(), None),
        };
        let mut text = match self.dialect {
            Dialect::Postgres => format!(
                "WITH done AS (\n{statement}\nRETURNING 1)\nINSERT INTO tieout_check (n, changed) SELECT {n}, count(*) FROM done;\n"
            ),
            Dialect::MySql | Dialect::MariaDb => {
                format!("{statement};\nINSERT INTO tieout_check (n, changed) VALUES ({n}, ROW_COUNT());\n")
            }
            Dialect::Sqlite => {
                format!("{statement};\nINSERT INTO tieout_check (n, changed) VALUES ({n}, changes());\n")
            }
        };
        if let Some((after, before)) = new {
            self.checks += 1;
            text.push_str(&self.found(after, before));
        }
        text
    }

    /// The number of the last change.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Columns of the feed that are columns of ours.
    fn known(&self) -> impl Iterator<Item = (usize, &Field<'a>, &'a OurField)> {
        let columns = self.fields.iter().zip(&self.table.columns).enumerate();
        columns.filter_map(|(n, (field, ours))| Some((n, field, ours.as_ref()?)))
    }

    fn update(&self, before: &[String], after: &[String]) -> String {
        let set: Vec<String> = self
            .known()
            .filter(|(n, ..)| before[*n] != after[*n])
            .map(|(n, _, ours)| {
                format!("{} = {}", self.dialect.quote(&ours.name), value(self.dialect, ours, &after[n]))
            })
            .collect();
        format!("UPDATE {} SET {}\n{}", self.name, set.join(", "), self.one(&self.meets(before, |_| true)))
    }

    /// Columns that a new row gets: those that are compared, and carried ones that can be written.
    fn inserted(&self) -> Vec<(usize, &'a OurField)> {
        let mut columns: Vec<(usize, &OurField)> = Vec::new();
        for (n, field, ours) in self.known() {
            let writable = field.compared || obstacle(self.dialect, &field.kind, ours).is_none();
            let twice = columns.iter().any(|(_, other)| other.name == ours.name);
            if writable && !twice && !ours.generated {
                columns.push((n, ours));
            }
        }
        columns
    }

    fn insert(&self, after: &[String]) -> String {
        let columns = self.inserted();
        let names: Vec<String> = columns.iter().map(|(_, ours)| self.dialect.quote(&ours.name)).collect();
        let values: Vec<String> =
            columns.iter().map(|(n, ours)| value(self.dialect, ours, &after[*n])).collect();
        let insists = columns.iter().any(|(_, ours)| ours.identity);
        let insists = if insists { "OVERRIDING SYSTEM VALUE\n" } else { "" };
        format!("INSERT INTO {} ({})\n{insists}VALUES ({})", self.name, names.join(", "), values.join(", "))
    }

    fn delete(&self, before: &[String]) -> String {
        // What an INSERT would not write is nothing that its undo may ask for.
        let inserted: Vec<usize> = self.inserted().iter().map(|(n, _)| *n).collect();
        let meets = self.meets(before, |n| self.fields[n].compared || inserted.contains(&n));
        format!("DELETE FROM {}\n{}", self.name, self.one(&meets))
    }

    /// The condition that is met by one row with these values. Equal rows can only be told apart by where they lie,
    /// and one of them is as good as another.
    fn one(&self, meets: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => {
                format!(" WHERE rowid = (SELECT tieout_row FROM tieout_ours WHERE {meets} LIMIT 1)")
            }
            _ if self.table.unique => format!(" WHERE {meets}"),
            Dialect::Postgres => format!(
                " WHERE (tableoid, ctid) IN (SELECT tableoid, ctid FROM {} WHERE {meets} LIMIT 1)",
                self.name
            ),
            Dialect::MySql | Dialect::MariaDb => format!(" WHERE {meets} LIMIT 1"),
        }
    }

    /// The condition on the columns that `which` lets through, by their place in the feed, and on the key.
    fn meets(&self, row: &[String], which: impl Fn(usize) -> bool) -> String {
        let mut conditions = Vec::new();
        for (n, field, ours) in self.known().filter(|(n, field, _)| field.key || which(*n)) {
            let sqlite = self.dialect == Dialect::Sqlite;
            let x = self.dialect.quote(&ours.name);
            if field.key {
                let stored = if sqlite { format!("tieout_key_{}", n + 1) } else { x.clone() };
                conditions.extend(indexed(self.dialect, &field.kind, ours, &stored, &row[n]));
            }
            conditions.push(if sqlite {
                format!("{} = {}", self.dialect.quote(field.name), literal(self.dialect, &row[n]))
            } else {
                equals(self.dialect, &field.kind, ours, &x, &row[n])
            });
        }
        conditions.join(" AND ")
    }

    /// Ours shows what was written, and still lies in the scope of the feed.
    fn found(&self, after: &[String], before: Row<'_>) -> String {
        let inserted: Vec<usize> = self.inserted().iter().map(|(n, _)| *n).collect();
        // All that is compared, since a trigger may change what the statement does not.
        let written = |n: usize| {
            self.fields[n].compared || before.map_or(inserted.contains(&n), |before| before[n] != after[n])
        };
        let meets = self.meets(after, written);
        let (from, scope) = match (&self.table.scope, self.dialect) {
            (None, Dialect::Sqlite) => ("tieout_ours", String::new()),
            // The scope speaks of ours itself, not of its canonical texts. Lines of its own: it may end in a comment.
            (Some(scope), Dialect::Sqlite) => (
                "tieout_ours",
                format!(
                    " AND EXISTS (SELECT 1 FROM {} WHERE rowid = tieout_row AND (\n{scope}\n))",
                    self.name
                ),
            ),
            (None, _) => (self.name.as_str(), String::new()),
            (Some(scope), _) => (self.name.as_str(), format!(" AND (\n{scope}\n)")),
        };
        let n = self.changes;
        format!(
            "INSERT INTO tieout_check (n, found) SELECT {n}, count(*) FROM {from} WHERE {meets}{scope};\n"
        )
    }
}
