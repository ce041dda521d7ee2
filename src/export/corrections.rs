//! `corrections.sql` and `corrections_undo.sql`: what would make ours equal theirs, and back. A person runs them, or nobody.
//!
//! Everything or nothing: a run of which one break cannot be corrected has scripts that hold the reason and no statement.
//! Nothing of the third party's stands in a comment; files go by their number in `summary.json`.

use crate::{
    database::Connection,
    error::{Error, Result, printable},
    feed::Kind,
    files::{AtomicDir, AtomicFile},
    ledger::result_row,
    model::{Correctable, OurTable, Outcome, ResultRow, Summary},
    sql::{
        Dialect, Ledger,
        correction::{Field, Script, refusal},
    },
};
use std::{
    fmt::Write as _,
    io::{BufWriter, Write},
};

/// Rows go first, so that a new one may take what a unique index kept; new ones come last.
const GROUPS: [&[Outcome]; 3] = [
    &[Outcome::MissingInTheirs, Outcome::DuplicateInOurs],
    &[Outcome::Mismatched],
    &[Outcome::MissingInOurs, Outcome::DuplicateInTheirs],
];

/// Writes both scripts of a committed run.
///
/// # Errors
/// `Machine` where the disk refuses, `Database` where the results cannot be read.
pub async fn write(connection: &mut Connection, folder: &AtomicDir, summary: &Summary) -> Result<()> {
    for undo in [false, true] {
        let name = if undo { "corrections_undo.sql" } else { "corrections.sql" };
        let mut out = Out(BufWriter::new(folder.file(name)?));
        match changes(connection.dialect(), summary) {
            Ok((table, fields)) => {
                out.text(&head(connection.dialect(), summary, table, undo))?;
                statements(connection, summary, table, fields, undo, &mut out).await?;
            }
            Err(why) => out.text(&nothing(summary, undo, &why))?,
        }
        out.finish()?;
    }
    Ok(())
}

/// A script that is being written.
struct Out(BufWriter<AtomicFile>);

impl Out {
    fn text(&mut self, text: &str) -> Result<()> {
        let written = self.0.write_all(text.as_bytes());
        written.map_err(|cause| self.0.get_ref().failed(cause))
    }

    fn finish(self) -> Result<()> {
        let path = self.0.get_ref().path().to_owned();
        let file = self.0.into_inner();
        file.map_err(|cause| Error::machine("write", &path, cause.into_error()))?.publish_synced()
    }
}

/// The table to correct and the columns of the feed, or why there is nothing to do.
fn changes(dialect: Dialect, summary: &Summary) -> std::result::Result<(&OurTable, Vec<Field<'_>>), String> {
    let counts = &summary.counts;
    if counts.breaks() == 0 {
        return Err("There is nothing to correct: no row differs.".into());
    }
    let refused = |why: &str| format!("Refused, and so without any statement: {why}.");
    let table = match &summary.correctable {
        Some(Correctable::Table(table)) => table,
        Some(Correctable::Refused(why)) => return Err(refused(why)),
        None => {
            return Err(refused(
                "the run was made by a program that did not write down what ours looks like",
            ));
        }
    };
    let field = |column: &'_ crate::model::ColumnSummary| Kind::named(&column.r#type);
    let mut fields = Vec::new();
    for column in &summary.columns {
        let Some(kind) = field(column) else { return Err(refused("a column has no type that is known")) };
        let (name, key, compared) = (column.name.as_str(), column.key, column.compared);
        fields.push(Field { name, kind, key, compared, mismatched: column.mismatched });
    }
    if table.unique && counts.duplicate_in_theirs > 0 {
        let n = counts.duplicate_in_theirs;
        let why = format!("theirs holds {n} more rows of keys that the unique index of ours allows once");
        return Err(refused(&why));
    }
    let added = counts.breaks() > counts.mismatched;
    refusal(dialect, table, &fields, added).map_or(Ok((table, fields)), |why| Err(refused(&why)))
}

async fn statements(
    connection: &mut Connection,
    summary: &Summary,
    table: &OurTable,
    fields: Vec<Field<'_>>,
    undo: bool,
    out: &mut Out,
) -> Result<()> {
    let ledger = Ledger(connection.dialect());
    let mut script = Script::new(connection.dialect(), table, fields);
    out.text(&script.begin())?;
    let groups: Vec<&[Outcome]> =
        if undo { GROUPS.into_iter().rev().collect() } else { GROUPS.into_iter().collect() };
    for outcomes in groups {
        let results = ledger.read_results_of(&summary.run_id, outcomes, undo);
        connection
            .read_each(&results, |cells| {
                let row = result_row(cells, summary.columns.len())?;
                let (before, after) = sides(summary, &row);
                let text = if undo {
                    script.change(after.as_deref(), before.as_deref())
                } else {
                    script.change(before.as_deref(), after.as_deref())
                };
                out.text(&format!("\n-- {}: {}\n{text}", script.changes(), place(&row)))
            })
            .await?;
    }
    if script.changes() != summary.counts.breaks() {
        return Err(Error::internal(format!(
            "{} breaks make {} corrections",
            summary.counts.breaks(),
            script.changes()
        )));
    }
    out.text(&script.end())
}

/// The row of ours as it is, and as it would tie out: columns that are equal, or near enough, stay.
fn sides(summary: &Summary, row: &ResultRow) -> (Option<Vec<String>>, Option<Vec<String>>) {
    let before = row.ours.as_ref().map(|side| side.fields.clone());
    let theirs = row.theirs.as_ref().map(|side| &side.fields);
    let after = match (&before, theirs) {
        (Some(before), Some(theirs)) => {
            let differs = |n: usize| row.differing.contains(&summary.columns[n].name);
            let pick = |n: usize| if differs(n) { theirs[n].clone() } else { before[n].clone() };
            Some((0..before.len()).map(pick).collect())
        }
        (None, Some(theirs)) => Some(theirs.clone()),
        _ => None,
    };
    (before, after)
}

fn place(row: &ResultRow) -> String {
    let name = row.outcome.name();
    row.place.map_or_else(
        || name.to_owned(),
        |(file, record, line)| format!("{name}, file {file}, record {record}, line {line}"),
    )
}

fn title(summary: &Summary, undo: bool) -> String {
    let what = if undo {
        "What would take the corrections of this run back"
    } else {
        "Corrections: what would make ours equal theirs"
    };
    format!(
        "-- {what}; feed {}, run {}, {}.\n-- tieout never runs this.\n--\n",
        summary.feed,
        summary.run_id,
        printable(&summary.database.product)
    )
}

fn nothing(summary: &Summary, undo: bool, why: &str) -> String {
    format!("{}-- {}\n", title(summary, undo), printable(why))
}

/// What a DBA must know before running it.
fn head(dialect: Dialect, summary: &Summary, table: &OurTable, undo: bool) -> String {
    let file = if undo { "corrections_undo.sql" } else { "corrections.sql" };
    let client = dialect.client(file);
    let counts = &summary.counts;
    let added = counts.missing_in_ours + counts.duplicate_in_theirs;
    let gone = counts.missing_in_theirs + counts.duplicate_in_ours;
    let (deletes, inserts) = if undo { (added, gone) } else { (gone, added) };
    let mut text = title(summary, undo);
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(text, "-- Run it in the database of the run:  {client}\n--");
    let _ = writeln!(
        text,
        "-- {deletes} DELETE, {} UPDATE, {inserts} INSERT, in one transaction. Each names the values that ours is to have now and must",
        counts.mismatched
    );
    let _ = writeln!(
        text,
        "-- meet exactly one row; each new value is read back. Where a check fails, nothing is changed."
    );
    let _ = writeln!(
        text,
        "-- Values are those that tieout compares: no value is NULL, or an empty text where ours must not be NULL."
    );
    if inserts > 0 {
        let _ = writeln!(
            text,
            "-- An INSERT fills the columns that the feed maps and no other{}.",
            if undo { ": what else a deleted row held is not brought back" } else { "" }
        );
    }
    if table.scope_reads_theirs {
        let _ = writeln!(
            text,
            "-- [ours] where reads their rows, so it is not asked again whether a changed row still satisfies it."
        );
    }
    if counts.rejects > 0 {
        let _ = writeln!(
            text,
            "-- {} records of theirs could not be converted and are not in here.",
            counts.rejects
        );
    }
    let _ = writeln!(text, "-- file 1, file 2 and so on are the files of summary.json in their order.\n");
    text
}
