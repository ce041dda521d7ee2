//! One feed's work tables: stage, join, tie and, where ours asks for them, parents; making and emptying them. How the stage is filled is `stage`, what is
//! asked of them `verdict`.

use super::{
    Dialect, Statement, ours,
    server::Indexed,
    template::{Fill, template},
};
use crate::feed::{Column, Feed};

/// Builds the statements of one feed on one server.
pub struct Work<'a> {
    pub(super) dialect: Dialect,
    pub(super) feed: &'a Feed,
    pub(super) stage: String,
    pub(super) join: String,
    pub(super) tie: String,
    /// Where ours reads elements without rows.
    pub(super) parents: Option<String>,
    /// What kind of tables they are.
    pub(super) kind: &'static str,
}

impl<'a> Work<'a> {
    /// For one feed on one dialect.
    #[must_use]
    pub fn new(dialect: Dialect, feed: &'a Feed) -> Self {
        let table = |part: &str| dialect.quote(&table_name(part, &feed.name));
        let parents = ours::reads_parents(feed).then(|| table(PARENTS));
        let kind = dialect.work_table();
        Self { dialect, feed, stage: table("stage"), join: table("join"), tie: table("tie"), parents, kind }
    }

    /// The same as tables of one session, which its statements find in place of those that others see.
    #[must_use]
    pub fn temporary(self) -> Self {
        Self { kind: "TEMPORARY TABLE", ..self }
    }

    /// Whether a statement of the run takes them so: MySQL reads a table of a session only once in a statement.
    #[must_use]
    pub fn can_be_temporary(&self) -> bool {
        self.dialect != Dialect::MySql || !ours::reads_theirs(self.feed)
    }

    /// The same while there is no stage yet: `{theirs}` has the same columns and no rows.
    #[must_use]
    pub fn before_stage(mut self) -> Self {
        let d = self.dialect;
        let column = |column: &Column| format!("CAST('' AS {}) AS {}", d.text_type(), d.quote(&column.name));
        let columns: Vec<String> = self.feed.columns.iter().map(column).collect();
        self.stage = format!("(SELECT {}) AS tieout_none WHERE 1 = 0", columns.join(", "));
        self.parents = None;
        self
    }

    /// What loads the elements without rows: they lie as rows do, in a table of their own.
    #[must_use]
    pub fn of_parents(&self) -> Option<Self> {
        let Self { dialect, feed, join, tie, kind, .. } = self;
        let (join, tie, stage) = (join.clone(), tie.clone(), self.parents.clone()?);
        Some(Self { dialect: *dialect, feed, stage, join, tie, parents: None, kind })
    }

    /// The unquoted name of a work table that an earlier form of the feed may have left.
    #[must_use]
    pub fn unwanted(&self) -> Option<String> {
        self.parents.is_none().then(|| table_name(PARENTS, &self.feed.name))
    }

    /// The feed's work tables: (unquoted name, its column names) of stage, join, tie, and parents where it is wanted.
    #[must_use]
    pub fn tables(&self) -> Vec<(String, Vec<String>)> {
        let owned = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
        let number = || self.dialect.row_number().map(str::to_owned).into_iter().collect::<Vec<_>>();
        let (mut join, mut tie) = (number(), number());
        join.extend(owned(&["tieout_id", "outcome", "ours"]));
        join.extend(self.totals().iter().flat_map(|(n, _)| total_columns(*n)));
        tie.extend(owned(&["side", "tieout_id", "key_group", "row_group", "ours"]));
        let parents = self.parents.as_ref().map(|_| (PARENTS, self.stage_columns()));
        let all = [("stage", self.stage_columns()), ("join", join), ("tie", tie)].into_iter().chain(parents);
        all.map(|(part, columns)| (table_name(part, &self.feed.name), columns)).collect()
    }

    /// `DROP TABLE` for a work table of another shape.
    pub fn drop(&self, table: &str) -> Statement {
        Fill::default().sql("table", self.dialect.quote(table)).render(self.dialect, template!("drop"))
    }

    /// The `CREATE TABLE IF NOT EXISTS` statements.
    #[must_use]
    pub fn create(&self) -> Vec<Statement> {
        let d = self.dialect;
        let [text, ..] = d.column_types();
        let totals: Vec<String> = (self.totals().iter())
            .flat_map(|(n, _)| total_columns(*n))
            .map(|name| format!(",\n    {name} {text}"))
            .collect();
        let join = Fill::default()
            .sql("kind", self.kind)
            .sql("join", &*self.join)
            .sql("collation", d.collation())
            .sql("total_columns", totals.concat());
        let tie =
            Fill::default().sql("kind", self.kind).sql("tie", &*self.tie).sql("collation", d.collation());
        let mut all = vec![self.create_stage()];
        all.extend(self.create_index());
        all.push(join.render(d, template!(d, "create_join")));
        all.push(tie.render(d, template!(d, "create_tie")));
        all.extend(self.of_parents().map(|parents| parents.create_stage()));
        all
    }

    /// MariaDB joins by index, which is built at once when all rows are there.
    #[must_use]
    pub fn index(&self) -> Option<Statement> {
        if self.dialect.indexes_stage() != Indexed::AfterLoad {
            return None;
        }
        // An index holds at most 3072 bytes, a letter up to 4, and the mark 2.
        let letters = ((3072 - 2) / 4 / self.key_columns().count()).min(512);
        let keys: Vec<String> =
            self.key_columns().map(|c| format!("{}({letters})", self.dialect.quote(&c.name))).collect();
        Fill::default()
            .sql("stage", &*self.stage)
            .sql("keys", keys.join(", "))
            .render(self.dialect, template!("mysql" / "index_stage"))
            .into()
    }

    /// Drops that index, so that the next load need not keep it up.
    #[must_use]
    pub fn drop_index(&self) -> Option<Statement> {
        if self.dialect.indexes_stage() != Indexed::AfterLoad {
            return None;
        }
        let drop = template!("mysql" / "drop_stage_index");
        Some(Fill::default().sql("stage", &*self.stage).render(self.dialect, drop))
    }

    fn create_index(&self) -> Option<Statement> {
        if self.dialect.indexes_stage() != Indexed::AtOnce {
            return None;
        }
        Fill::default()
            .sql("stage", &*self.stage)
            .sql("stage_index", self.dialect.quote(&format!("{}_key", table_name("stage", &self.feed.name))))
            .sql("keys", self.keys(""))
            .render(self.dialect, template!("sqlite" / "create_stage_index"))
            .into()
    }

    /// Empties the work tables.
    #[must_use]
    pub fn truncate(&self) -> Vec<Statement> {
        [&self.stage, &self.join, &self.tie]
            .into_iter()
            .chain(&self.parents)
            .map(|table| {
                let d = self.dialect;
                Fill::default().sql("table", &**table).render(d, template!(d, "truncate"))
            })
            .collect()
    }
}

/// The names of all work tables that a feed of this name may have, unquoted.
#[must_use]
pub fn work_tables(feed: &str) -> [String; 4] {
    ["stage", "join", "tie", PARENTS].map(|part| table_name(part, feed))
}

/// Empties one of them.
pub fn empty(dialect: Dialect, table: &str) -> Statement {
    Fill::default().sql("table", dialect.quote(table)).render(dialect, template!(dialect, "truncate"))
}

/// The stages of all feeds.
pub fn stages(dialect: Dialect) -> Statement {
    Fill::default().render(dialect, template!(dialect, "stages"))
}

/// The feed of a stage.
#[must_use]
pub fn feed_of_stage(table: &str) -> Option<String> {
    Some(table.strip_prefix("tieout_stage_")?.replace('_', "-"))
}

/// The part of a name that says: elements in which rows could stand and none does.
const PARENTS: &str = "parents";

/// The unquoted name of a work table.
pub(super) fn table_name(part: &str, feed: &str) -> String {
    // Feed names hold no underscore, so no two feeds share a table.
    format!("tieout_{part}_{}", feed.replace('-', "_"))
}

pub(super) fn total_columns(column: usize) -> [String; 2] {
    [format!("tieout_total_{column}"), format!("tieout_group_{column}")]
}
