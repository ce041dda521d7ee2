//! `--database URL --table T`: reads what our table looks like and a sample of it, and pairs it with theirs.

use super::super::{arguments::environment, terminal::note};
use super::sample::{NamedTable, Sampler};
use crate::{
    cli,
    database::Target,
    error::{Code, Error, Result},
    feed::{self, Secret, Timeouts},
    infer::{self, Draft, KeyPart, Pairing, measure::Measured, ours, pairing},
    profile::{DOCUMENT, Profile, Values},
};

/// Our side of the feed, and which columns of the draft its unique indexes cover.
pub struct PairedSide {
    pub ours: Pairing,
    pub unique: Vec<Vec<KeyPart>>,
    /// Columns are read otherwise than they were measured.
    pub retyped: bool,
}

/// What `--database` and `--table` name.
pub fn table(arguments: &cli::InferArgs) -> Result<Option<NamedTable>> {
    let Some(name) = &arguments.table else {
        return match &arguments.database {
            None => Ok(None),
            Some(_) => Err(Error::new(Code::TableWithoutDatabase, "--database is given without --table")
                .with_hint("name our table too: --table schema.table; or leave --database out")),
        };
    };
    let url = arguments.database.clone().or_else(|| environment("DATABASE_URL"));
    let Some(url) = url else {
        return Err(Error::new(Code::TableWithoutDatabase, "--table is given without --database")
            .with_hint("name the database too: --database URL, or the variable DATABASE_URL"));
    };
    let target = Target::parse(&Secret::new(url), Timeouts::default())?.with_password(None, &environment)?;
    Ok(Some(NamedTable { target, name: name.clone(), parts: parts(name)? }))
}

/// The parts of the name, by the feed's own rule.
fn parts(name: &str) -> Result<Vec<String>> {
    feed::table_parts(name)
        .map_err(|_| Error::new(Code::BadTableName, format!("--table {name} is no name of a table")))
}

/// Pairs the draft's columns with ours: columns without a partner are carried, and take no sign that ours has not.
pub async fn pair(
    table: &NamedTable,
    profile: &Profile,
    draft: &mut Draft,
    measured: &mut Measured,
) -> Result<Option<PairedSide>> {
    let mut reader = Sampler::open(table).await?;
    reader.first_rows().await?;
    reader.rows_of_theirs(draft, &measured.values).await?;
    let Sampler { connection, sampled, indexes, .. } = reader;
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
        note(&format!("no column of {} was paired with theirs: the feed has no [ours]", table.name));
        return Ok(None);
    }
    let namesakes = pairing::namesakes(&draft.columns, &words, &sampled, &pairs);
    for (column, namesake) in draft.columns.iter_mut().zip(namesakes) {
        let remark =
            |name| format!("ours has {name}, but values of theirs do not occur there: a map may be missing");
        column.remarks.splice(0..0, namesake.map(remark));
    }
    for (column, pair) in draft.columns.iter_mut().zip(&pairs) {
        column.carried = pair.is_none();
        if pair.as_ref().is_some_and(|pair| pair.unsigned) {
            column.sign = None;
        }
    }
    let values: Vec<&Values> = draft.columns.iter().map(|column| &profile.node(column.node).values).collect();
    let retyped = ours::read_as_ours(&mut draft.columns, &values, &pairs, &sampled);
    keep_hashes(draft, measured);
    let unique = indexes
        .iter()
        .filter_map(|index| {
            let find = |name: &String| {
                let at = sampled.columns.iter().position(|ours| ours.name == *name)?;
                let of_it =
                    |pair: &Option<pairing::Paired>| pair.as_ref().is_some_and(|pair| pair.ours == at);
                pairs.iter().position(of_it).map(KeyPart::Column)
            };
            index.iter().map(find).collect::<Option<Vec<KeyPart>>>()
        })
        .collect();
    Ok(Some(PairedSide { ours: Pairing { table: table.name.clone(), pairs }, unique, retyped }))
}

/// Columns that can be no key any more need no hashes.
fn keep_hashes(draft: &Draft, measured: &mut Measured) {
    let usable = infer::candidates(draft);
    measured.hashes.retain(|n, _| usable.contains(n));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_names_are_checked() {
        assert_eq!(parts("ledger.entries").ok(), Some(vec!["ledger".to_owned(), "entries".to_owned()]));
        for name in ["", "a b", "a''' b", "a;drop"] {
            assert!(parts(name).is_err(), "{name}");
        }
    }
}
