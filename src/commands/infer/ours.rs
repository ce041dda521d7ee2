//! `--database URL --table T`: reads what our table looks like and a sample of it, and pairs it with theirs.

use crate::{
    cli,
    database::{Connection, Target, Timeouts},
    error::{Error, Result},
    feed::{self, Relation, Secret},
    infer::{
        Draft, OurSide, keys,
        measure::Measured,
        pairing::{self, OurColumn, OurTable},
    },
    profile::{DOCUMENT, Profile},
    sql::{self, Dialect, Family},
};
use std::{collections::HashSet, path::Path};

/// Rows of ours that are read.
const SAMPLE: usize = 10_000;
/// Bytes of a value of ours that is compared.
const MAX_VALUE: usize = 200;

/// A table of ours that was named.
pub struct Table {
    target: Target,
    /// As typed.
    name: String,
    parts: Vec<String>,
}

/// Our side of the feed, and which columns of the draft its unique indexes cover.
pub struct Side {
    pub ours: OurSide,
    pub unique: Vec<Vec<usize>>,
}

/// What `--database` and `--table` name.
pub fn table(arguments: &cli::Infer) -> Result<Option<Table>> {
    let Some(name) = &arguments.table else {
        return match &arguments.database {
            None => Ok(None),
            Some(_) => Err(Error::usage(
                "--database is given without --table",
                "name our table too: --table schema.table; or leave --database out",
            )),
        };
    };
    let url = arguments.database.clone().or_else(|| super::super::environment("DATABASE_URL"));
    let Some(url) = url else {
        return Err(Error::usage(
            "--table is given without --database",
            "name the database too: --database URL, or the variable DATABASE_URL",
        ));
    };
    let target = Target::parse(&Secret::new(url), Timeouts::default())?;
    Ok(Some(Table { target, name: name.clone(), parts: parts(name)? }))
}

/// The parts of the name, by the feed's own rule.
fn parts(name: &str) -> Result<Vec<String>> {
    let text = format!(
        "[feed]\nname = \"infer\"\n[xml]\nrow = \"row\"\n[[column]]\nname = \"key\"\nkey = true\n[ours]\ntable = '''{name}'''\n"
    );
    let feeds = feed::parse(&text, Path::new("--table"), &|_| None).unwrap_or_default();
    let relation = feeds.into_iter().next().and_then(|feed| feed.ours).map(|ours| ours.relation);
    match relation {
        Some(Relation::Table(parts)) => Ok(parts),
        _ => Err(Error::usage(
            format!("--table {name} is no name of a table"),
            "write it like ledger.entries, with names of other characters in double quotes: '\"My Schema\".entries'",
        )),
    }
}

/// Pairs the draft's columns with ours: columns without a partner are carried, and take no sign that ours has not.
pub async fn pair(
    table: &Table,
    profile: &Profile,
    draft: &mut Draft,
    measured: &mut Measured,
) -> Result<Option<Side>> {
    let mut connection = Connection::open(&table.target).await?;
    let described = connection.describe_table(&table.parts).await?;
    let statement = sql::sample(connection.dialect(), &table.parts, &described, SAMPLE + 1);
    let mut sampled = OurTable {
        columns: described
            .iter()
            .map(|(name, column)| our_column(connection.dialect(), name, column.family))
            .collect(),
        rows: 0,
        more: false,
    };
    connection
        .each_row(&statement, |row| {
            sampled.rows += 1;
            for (column, value) in sampled.columns.iter_mut().zip(row) {
                if let Some(value) = value.filter(|value| !value.is_empty() && value.len() <= MAX_VALUE) {
                    column.values.insert(value);
                }
            }
            Ok(())
        })
        .await?;
    sampled.more = sampled.rows > SAMPLE;
    let indexes = connection.unique_columns(&table.parts).await?;
    connection.close().await;
    let words: Vec<Vec<String>> = draft
        .columns
        .iter()
        .map(|column| {
            let path = profile.path(column.node, DOCUMENT).into_iter();
            path.map(|id| profile.node(id).name.clone()).collect()
        })
        .collect();
    let pairs = pairing::pair(&draft.columns, &measured.values, &words, &sampled);
    if pairs.iter().all(Option::is_none) {
        super::super::say(&format!(
            "no column of {} was paired with theirs: the feed has no [ours]",
            table.name
        ));
        return Ok(None);
    }
    for (column, pair) in draft.columns.iter_mut().zip(&pairs) {
        column.carried = pair.is_none();
        if pair.as_ref().is_some_and(|pair| pair.unsigned) {
            column.sign = None;
        }
    }
    keep_hashes(draft, measured);
    let unique = indexes
        .iter()
        .filter_map(|index| {
            let find = |name: &String| {
                let at = sampled.columns.iter().position(|ours| ours.name == *name)?;
                pairs.iter().position(|pair| pair.as_ref().is_some_and(|pair| pair.ours == at))
            };
            index.iter().map(find).collect::<Option<Vec<usize>>>()
        })
        .collect();
    Ok(Some(Side { ours: OurSide { table: table.name.clone(), pairs }, unique }))
}

/// Columns that can be no key any more need no hashes.
fn keep_hashes(draft: &Draft, measured: &mut Measured) {
    let usable = keys::candidates(draft);
    measured.hashes.retain(|n, _| usable.contains(n));
}

fn our_column(dialect: Dialect, name: &str, family: Family) -> OurColumn {
    let expression = if is_plain(name) { name.to_owned() } else { dialect.quote(name) };
    let day = match (dialect, family) {
        (Dialect::Sqlite, _) => format!("substr({expression}, 1, 10)"),
        (_, Family::Timestamp | Family::TimestampTz) => format!("CAST({expression} AS date)"),
        _ => String::new(),
    };
    OurColumn {
        name: name.to_owned(),
        expression,
        integer: matches!(family, Family::Integer | Family::Dynamic),
        day,
        values: HashSet::new(),
    }
}

/// Needs no quotes in any of the databases.
fn is_plain(name: &str) -> bool {
    const RESERVED: [&str; 40] = [
        "all",
        "and",
        "as",
        "asc",
        "between",
        "by",
        "case",
        "check",
        "column",
        "condition",
        "create",
        "current_date",
        "desc",
        "default",
        "end",
        "false",
        "from",
        "group",
        "having",
        "in",
        "index",
        "interval",
        "key",
        "limit",
        "not",
        "null",
        "on",
        "option",
        "or",
        "order",
        "primary",
        "references",
        "select",
        "table",
        "to",
        "true",
        "union",
        "user",
        "using",
        "where",
    ];
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !RESERVED.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        let expression = |name: &str| our_column(Dialect::Postgres, name, Family::Text).expression;
        assert_eq!(expression("bank_ref"), "bank_ref");
        assert_eq!(expression("order"), "\"order\"");
        assert_eq!(expression("bankRef"), "\"bankRef\"");
        assert_eq!(expression("2nd"), "\"2nd\"");
    }

    #[test]
    fn table_names_are_checked() {
        assert_eq!(parts("ledger.entries").ok(), Some(vec!["ledger".to_owned(), "entries".to_owned()]));
        for name in ["", "a b", "a''' b", "a;drop"] {
            assert!(parts(name).is_err(), "{name}");
        }
    }
}
