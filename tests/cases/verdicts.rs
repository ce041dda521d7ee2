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
//! A case on a database is the test `verdicts::FAMILY::TABLE::CASE::DATABASE`. All of it is asked once more in sessions
//! that begin with other settings (`verdicts_in_odd_sessions`, see `settings`), and what is about texts once more where
//! rows are loaded by INSERT (`verdicts_by_insert`): the answers must be the same. Cases of one table are asked in one
//! run, which the first of them makes: of those cases that were picked.
//!
//! Every run must also account for every row of both sides, and name a column for every mismatch; if it does not, each
//! of its cases fails.

mod format;
mod inputs;
mod settings;

use crate::{
    pool, repository,
    support::{EVERY_KIND, Kind, MYSQL_FAMILY, Output, Place, SERVERS, Server, watch},
    trials::Trials,
};
use format::{Batch, Case, for_kind, read_all, words};
use inputs::{Run, shortened, text_for};
use settings::Account;
use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError},
};
use toml::Value;

/// Under which circumstances the cases are asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Plain,
    /// By an account whose sessions begin with everything set otherwise.
    OddSessions,
    /// Where LOAD DATA is forbidden: a value that is bound arrives as one that LOAD DATA reads.
    ByInsert,
}

impl Mode {
    const ALL: [Self; 3] = [Self::Plain, Self::OddSessions, Self::ByInsert];

    fn title(self) -> &'static str {
        match self {
            Self::Plain => "verdicts",
            Self::OddSessions => "verdicts_in_odd_sessions",
            Self::ByInsert => "verdicts_by_insert",
        }
    }

    fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Plain => &EVERY_KIND,
            Self::OddSessions => &SERVERS,
            Self::ByInsert => &MYSQL_FAMILY,
        }
    }

    fn server(self, kind: Kind) -> Server {
        if self == Self::Plain { Server::shared(kind) } else { Server::spare(kind) }
    }
}

/// What is wrong, case by case, or what kept the run from giving any answer.
type Answers = Result<HashMap<String, Vec<String>>, String>;

/// `verdicts::FAMILY::TABLE::CASE::DATABASE`, and the same in other circumstances.
pub fn trials(trials: &mut Trials) {
    let batches: Vec<Arc<Batch>> =
        read_all(&repository("tests/verdicts")).into_iter().map(Arc::new).collect();
    for mode in Mode::ALL {
        for batch in batches.iter().filter(|batch| mode != Mode::ByInsert || batch.family == "texts") {
            for &kind in mode.kinds() {
                add(trials, mode, batch, kind);
            }
        }
    }
    for batch in &batches {
        for case in &batch.cases {
            let nowhere =
                EVERY_KIND.iter().all(|&kind| !batch.on(kind).1.iter().any(|other| other.name == case.name));
            if nowhere {
                let test = format!("verdicts::{}::{}::{}", batch.family, batch.name, case.name);
                trials.fault(test, "belongs on no database".to_owned());
            }
        }
    }
}

/// Adds the cases of a table that belong on a database and were picked. They share one run.
fn add(trials: &mut Trials, mode: Mode, batch: &Arc<Batch>, kind: Kind) {
    let test = |case: &Case| {
        format!("{}::{}::{}::{}::{}", mode.title(), batch.family, batch.name, case.name, kind.name())
    };
    let picked: Vec<&Case> = batch.on(kind).1.into_iter().filter(|case| trials.wants(&test(case))).collect();
    let names: Arc<[String]> = picked.iter().map(|case| case.name.clone()).collect();
    let answers: Arc<OnceLock<Answers>> = Arc::default();
    for (place, case) in picked.into_iter().enumerate() {
        let (batch, names, answers, name) =
            (batch.clone(), names.clone(), answers.clone(), case.name.clone());
        // Whoever changes a server's settings waits for all others there, so those who do come late.
        let place = if mode == Mode::ByInsert { place + 1 } else { place };
        trials.add_shared(place, test(case), move || {
            let _doing = watch::doing("the run that all cases of the table share");
            let answers = answers.get_or_init(|| {
                let asked = catch_unwind(AssertUnwindSafe(|| ask(mode, &batch, kind, &names)));
                asked.unwrap_or_else(|panic| {
                    let text = panic.downcast_ref::<String>().map(String::as_str);
                    Err(text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked").to_owned())
                })
            });
            let wrong = answers.as_ref().map_err(Clone::clone)?.get(&name);
            wrong.map_or(Ok(()), |wrong| Err(wrong.join("\n")))
        });
    }
}

/// Asks these cases of a table in one run.
fn ask(mode: Mode, batch: &Batch, kind: Kind, names: &[String]) -> Answers {
    let (columns, mut cases) = batch.on(kind);
    cases.retain(|case| names.contains(&case.name));
    let run = Run { kind, batch, columns, cases };
    let server = mode.server(kind);
    let own = text_for(kind, batch, "database").map(|sql| {
        let place = Place::on(server.clone());
        place.admin(&sql.replace("{db}", place.database()));
        place
    });
    let lent = own.is_none().then(|| pool::lend(mode.title(), server.clone()));
    let place = own.as_ref().or(lent.as_deref()).expect("one of the two");
    place.try_sql(&run.ours()).map_err(|cause| format!("ours cannot be made: {cause}\n{}", run.ours()))?;
    match mode {
        Mode::Plain => run.judge(place, place.url()),
        Mode::OddSessions => {
            let _settings = server.as_it_is();
            let account = account(kind);
            let answers = run.judge(place, &account.url(place));
            account.is_odd();
            answers
        }
        Mode::ByInsert => {
            let _forbidden = server.set("local_infile", "0");
            run.judge(place, place.url())
        }
    }
}

static ACCOUNTS: LazyLock<Mutex<BTreeMap<Kind, Arc<Account>>>> = LazyLock::new(Mutex::default);

/// The account of odd sessions on a kind of server, made when it is first asked for.
fn account(kind: Kind) -> Arc<Account> {
    let mut accounts = ACCOUNTS.lock().unwrap_or_else(PoisonError::into_inner);
    accounts.entry(kind).or_insert_with(|| Arc::new(Account::new(kind))).clone()
}

/// Drops the accounts, once the databases are gone that hold what is theirs.
pub fn close() {
    ACCOUNTS.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

impl Run<'_> {
    /// Runs the program and says what is wrong.
    fn judge(&self, place: &Place, url: &str) -> Answers {
        let folder = place.path(&self.slug());
        fs::create_dir(&folder).expect("a folder for the run");
        fs::write(folder.join("feed.toml"), self.feed()).expect("the feed");
        fs::write(folder.join("theirs.xml"), self.theirs()).expect("theirs");
        let arguments = ["run", "feed.toml", "theirs.xml", "--out", "out", "--database", url];
        let output = place.command().current_dir(&folder).args(arguments).output();
        if let Some(refused) = self.refused() {
            let wrong = refusal(refused, &output);
            return if wrong.is_empty() { Ok(HashMap::new()) } else { Err(wrong.join("\n")) };
        }
        if !matches!(output.status, 0 | 1) {
            return Err(output.all());
        }
        let rows = results(&place.run_folder(&format!("{}/out", self.slug())));
        let wrong = self.compare(&rows);
        let left =
            format!("SELECT status FROM tieout_runs WHERE feed = '{}' AND status <> 'done'", self.slug());
        let mut of_all: Vec<String> =
            place.query(&left).iter().map(|row| format!("the run's last status is {row:?}")).collect();
        of_all.extend(self.accounts(&rows));
        let breaks = self.cases.iter().flat_map(|case| &case.is).any(|is| !is.starts_with("matched"));
        if wrong.is_empty() && output.status != i32::from(breaks) {
            of_all.push(format!("status {} was expected: {}", i32::from(breaks), output.all()));
        }
        if of_all.is_empty() {
            return Ok(wrong);
        }
        let wrong = wrong
            .into_iter()
            .flat_map(|(case, wrong)| wrong.into_iter().map(move |what| format!("{case}: {what}")));
        of_all.extend(wrong);
        Err(of_all.join("\n"))
    }

    /// `{ status, says }`, or one per database that refuses.
    fn refused(&self) -> Option<&Value> {
        let refused = self.batch.options.get("refused")?;
        let table = refused.as_table().expect("a refusal is a table");
        if table.contains_key("status") { Some(refused) } else { for_kind(self.kind, table) }
    }

    /// The cases whose answer is another than the true one, and what is wrong.
    fn compare(&self, rows: &[Row]) -> HashMap<String, Vec<String>> {
        let mut all = HashMap::new();
        for case in &self.cases {
            let own = rows.iter().filter(|row| !self.batch.named_rows || row["id"] == case.name);
            let own: Vec<&Row> = own.collect();
            let mut is: Vec<String> = own.iter().map(|row| self.answer(row)).collect();
            is.sort();
            let mut wrong = Vec::new();
            if is != case.is {
                wrong.push(format!("true is {:?}, the program says {is:?}\n    {own:?}", case.is));
            }
            for (cell, value) in &case.shows {
                if !own.iter().any(|row| row.get(cell).map(String::as_str) == value.as_str()) {
                    wrong.push(format!("{cell} is to read {value:?}: {own:?}"));
                }
            }
            if !wrong.is_empty() {
                all.insert(case.name.clone(), wrong);
            }
        }
        all
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
