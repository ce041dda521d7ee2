//! Adversarial cases: pairs of rows on which some other tool is wrong, or could be, each with its true answer.
//!
//! `tests/verdicts/` holds one file per family, and a family one `[[table]]` per run:
//!
//! - `columns`: of both sides. `sql` is the type of ours, `postgres`, `mysql` (MariaDB too), `mariadb`, `sqlite`
//!   the type there; a column without a type on a database, or with an empty one, is not there, and neither are
//!   the cases that use it. `named` is ours' own name, `expression` ours' expression. All else goes into the feed.
//! - `cases`: `theirs` and `ours` are rows (one or a list; none where absent); `is` is the true answer, one text per
//!   row or pair: `outcome [key|key]: differing;columns`, the key where the table has key columns of its own;
//!   `shows` cells of the breaks; `from` names the rival's issue, the page that reports it, or `own`; `on` narrows
//!   the databases. A text of ours is an SQL literal, one that begins with `=` is an expression, a table has one
//!   per database; `%2000%a` is 2000 letters before the `a`.
//! - `refused = { status, says }`: the run must end so, with these words, since that is the right answer.
//! - `before`, `after`, `suffix` are SQL around the table's creation (`{ours}` is its name); `database` is SQL
//!   for a database of its own (`{db}`); `reads`, `query`, `where` are the feed's `[ours]`.
//!
//! All of it is asked once more in sessions that begin with other settings (`settings`): the answers must be the same.
//!
//! Every run must also account for every row of both sides, and name a column for every mismatch.

mod format;
mod inputs;
mod settings;

use crate::support::{EVERY_KIND, Kind, Output, Place, SERVERS};
use format::{Batch, Case, Column, for_kind, names, read_all, words};
use inputs::{Run, shortened, sql_type, text_for};
use settings::Account;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    io::Write as _,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};
use toml::{Table, Value};

/// What was checked, over all databases.
#[derive(Default)]
struct Tally {
    runs: usize,
    verdicts: usize,
    rows: usize,
    cases: BTreeSet<String>,
    wrong: Vec<String>,
}

#[test]
fn no_verdict_is_wrong() {
    let batches = chosen();
    let tally = judged("verdicts", &EVERY_KIND, &batches, None);
    let written: usize = batches.iter().map(|batch| batch.cases.len()).sum();
    assert_eq!(tally.cases.len(), written, "every case belongs on some database");
}

#[test]
fn no_verdict_depends_on_what_a_session_begins_with() {
    let accounts: Vec<Account> = SERVERS.map(Account::new).into();
    judged("verdicts of odd sessions", &SERVERS, &chosen(), Some(&accounts));
    accounts.iter().for_each(Account::is_odd);
}

/// A value that is bound arrives as one that LOAD DATA reads.
#[test]
fn no_verdict_depends_on_how_rows_are_loaded() {
    let mut texts = chosen();
    texts.retain(|batch| batch.family == "texts");
    for kind in [Kind::MySql, Kind::MariaDb] {
        Place::new(kind).without_load_data(|| judged("verdicts by INSERT", &[kind], &texts, None));
    }
}

fn chosen() -> Vec<Batch> {
    let only = std::env::var("TIEOUT_VERDICTS").ok();
    let mut batches = read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdicts"));
    batches.retain(|batch| only.as_ref().is_none_or(|only| batch.family == *only || batch.name == *only));
    assert!(!batches.is_empty(), "there is no family and no table {only:?}");
    batches
}

/// Runs the batches on these servers, as these accounts if any, and fails where an answer is wrong.
fn judged(title: &str, kinds: &[Kind], batches: &[Batch], accounts: Option<&[Account]>) -> Tally {
    let tally = Mutex::new(Tally::default());
    thread::scope(|scope| {
        for (n, &kind) in kinds.iter().enumerate() {
            let next = std::sync::Arc::new(AtomicUsize::new(0));
            for _ in 0..2 {
                let (next, tally) = (next.clone(), &tally);
                scope.spawn(move || {
                    let place = Place::new(kind);
                    while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                        check(&place, batch, accounts.map(|accounts| &accounts[n]), tally);
                    }
                });
            }
        }
    });
    let tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    let families: BTreeSet<&str> = batches.iter().map(|batch| batch.family.as_str()).collect();
    // Past the test harness, which shows what a test prints only where it fails.
    let _ = writeln!(
        std::io::stderr(),
        "{title}: {} cases in {} families, {} answers over {} databases in {} runs, {} rows; wrong: {}",
        tally.cases.len(),
        families.len(),
        tally.verdicts,
        kinds.len(),
        tally.runs,
        tally.rows,
        tally.wrong.len()
    );
    assert!(tally.wrong.is_empty(), "{} wrong answers:\n\n{}", tally.wrong.len(), tally.wrong.join("\n\n"));
    tally
}

/// Runs a batch on one database, if any of its cases belongs there.
fn check(place: &Place, batch: &Batch, account: Option<&Account>, tally: &Mutex<Tally>) {
    let kind = place.kind;
    let columns: Vec<&Column> =
        batch.columns.iter().filter(|column| sql_type(kind, column).is_some()).collect();
    let there =
        |row: &Table| row.keys().all(|key| is_wide(batch, key) || columns.iter().any(|c| c.name == *key));
    let cases: Vec<&Case> = (batch.cases.iter())
        .filter(|case| {
            case.on.is_empty() || names(kind).iter().any(|name| case.on.iter().any(|on| on == name))
        })
        .filter(|case| case.theirs.iter().chain(&case.ours).all(there))
        .collect();
    if cases.is_empty() {
        return;
    }
    let own = text_for(kind, batch, "database").map(|sql| {
        let place = Place::new(kind);
        place.admin(&sql.replace("{db}", place.database()));
        place
    });
    let place = own.as_ref().unwrap_or(place);
    let run = Run { kind, batch, columns, cases };
    let mut wrong = Vec::new();
    if let Err(cause) = place.try_sql(&run.ours()) {
        wrong.push(format!("ours cannot be made: {cause}\n{}", run.ours()));
    } else {
        let url = account.map_or_else(|| place.url().to_owned(), |account| account.url(place));
        wrong.extend(run.judge(place, &url));
    }
    let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
    tally.runs += 1;
    tally.verdicts += run.cases.len();
    tally.rows += run.cases.iter().map(|case| case.theirs.len() + case.ours.len()).sum::<usize>();
    tally.cases.extend(run.cases.iter().map(|case| format!("{}/{}/{}", batch.family, batch.name, case.name)));
    let subject = format!("{} / {} on {kind:?}", batch.family, batch.name);
    tally.wrong.extend(wrong.into_iter().map(|what| format!("{subject}: {what}")));
}

fn is_wide(batch: &Batch, name: &str) -> bool {
    let number = name.strip_prefix('w').and_then(|number| number.parse().ok());
    number.is_some_and(|number: usize| (1..=batch.wide).contains(&number))
}

impl Run<'_> {
    /// Runs the program and says what is wrong.
    fn judge(&self, place: &Place, url: &str) -> Vec<String> {
        let folder = place.path(&self.slug());
        fs::create_dir(&folder).expect("a folder for the run");
        fs::write(folder.join("feed.toml"), self.feed()).expect("the feed");
        fs::write(folder.join("theirs.xml"), self.theirs()).expect("theirs");
        let arguments = ["run", "feed.toml", "theirs.xml", "--out", "out", "--database", url];
        let output =
            place.command().current_dir(&folder).args(arguments).output().expect("the program starts");
        let output = Output::from(output);
        if let Some(refused) = self.refused() {
            return refusal(refused, &output);
        }
        let expected =
            i32::from(self.cases.iter().flat_map(|case| &case.is).any(|is| !is.starts_with("matched")));
        if output.status != expected {
            let all = output.all();
            if !matches!(output.status, 0 | 1) {
                return vec![all];
            }
        }
        let rows = results(&place.run_folder(&format!("{}/out", self.slug())));
        let mut wrong = self.compare(&rows);
        let left =
            format!("SELECT status FROM tieout_runs WHERE feed = '{}' AND status <> 'done'", self.slug());
        wrong.extend(place.query(&left).iter().map(|row| format!("the run's last status is {row:?}")));
        wrong.extend(self.accounts(&rows));
        if wrong.is_empty() && output.status != expected {
            wrong.push(format!("status {expected} was expected: {}", output.all()));
        }
        wrong
    }

    /// `{ status, says }`, or one per database that refuses.
    fn refused(&self) -> Option<&Value> {
        let refused = self.batch.options.get("refused")?;
        let table = refused.as_table().expect("a refusal is a table");
        if table.contains_key("status") { Some(refused) } else { for_kind(self.kind, table) }
    }

    fn compare(&self, rows: &[Row]) -> Vec<String> {
        let mut wrong = Vec::new();
        for case in &self.cases {
            let own = rows.iter().filter(|row| !self.batch.named_rows || row["id"] == case.name);
            let own: Vec<&Row> = own.collect();
            let mut is: Vec<String> = own.iter().map(|row| self.answer(row)).collect();
            is.sort();
            if is != case.is {
                wrong.push(format!(
                    "{}: true is {:?}, the program says {is:?}\n    {own:?}",
                    case.name, case.is
                ));
            }
            for (cell, value) in &case.shows {
                if !own.iter().any(|row| row.get(cell).map(String::as_str) == value.as_str()) {
                    wrong.push(format!("{}: {cell} is to read {value:?}: {own:?}", case.name));
                }
            }
        }
        wrong
    }

    fn answer(&self, row: &Row) -> String {
        let mut text = row["outcome"].clone();
        let keys: Vec<&str> = self
            .columns
            .iter()
            .filter(|column| column.key)
            .map(|column| row[&column.name].as_str())
            .collect();
        let keys: Vec<String> = keys.iter().map(|key| shortened(key)).collect();
        if !keys.is_empty() {
            let _ = write!(text, " [{}]", keys.join("|"));
        }
        if text.starts_with("mismatched") {
            let _ = write!(text, ": {}", row["differing_columns"]);
        }
        text
    }

    /// Every row of both sides is in exactly one outcome, and each mismatch names a column.
    fn accounts(&self, rows: &[Row]) -> Vec<String> {
        let count =
            |outcomes: &[&str]| rows.iter().filter(|row| outcomes.contains(&row["outcome"].as_str())).count();
        let theirs: usize = self.cases.iter().map(|case| case.theirs.len()).sum();
        let ours: usize = self.cases.iter().map(|case| case.ours.len()).sum();
        let mut wrong = Vec::new();
        if count(&["matched", "mismatched", "missing_in_ours", "duplicate_in_theirs"]) != theirs {
            wrong.push(format!("the {theirs} rows of theirs are not all accounted for"));
        }
        let filtered = self.batch.options.contains_key("where") || self.batch.options.contains_key("query");
        if !filtered && count(&["matched", "mismatched", "missing_in_theirs", "duplicate_in_ours"]) != ours {
            wrong.push(format!("the {ours} rows of ours are not all accounted for"));
        }
        if rows.iter().any(|row| row["outcome"] == "mismatched" && row["differing_columns"].is_empty()) {
            wrong.push("a mismatch names no column".to_owned());
        }
        wrong
    }
}

type Row = BTreeMap<String, String>;

/// The rows of `breaks.csv` and `matched.csv`.
fn results(folder: &Path) -> Vec<Row> {
    let mut rows = Vec::new();
    for name in ["breaks.csv", "matched.csv"] {
        let mut reader = csv::Reader::from_path(folder.join(name)).expect("an output");
        rows.extend(reader.deserialize().map(|row| row.expect("a row")).collect::<Vec<Row>>());
    }
    rows
}

fn refusal(refused: &Value, output: &Output) -> Vec<String> {
    let status = refused["status"].as_integer().expect("a status");
    let mut wrong = Vec::new();
    if i64::from(output.status) != status {
        wrong.push(format!("status {status} is right: {}", output.all()));
    }
    for word in words(&refused["says"]).iter().filter(|word| !output.stderr.contains(word.as_str())) {
        wrong.push(format!("the refusal is to say {word:?}: {}", output.all()));
    }
    wrong
}
