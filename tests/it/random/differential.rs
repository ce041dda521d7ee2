//! The differential test: random schemas, random rows with planted differences, random feeds; the program on
//! every database against a plain comparison of the same values.
//!
//! Nothing here knows how the program works: a value is drawn as what it means (`value`), written as theirs
//! (`spell`, `xml`, `packing`) and as ours (`native`, `ours`), and judged by the rules of docs/verdict.md (`expect`, `scope`).
//! What clocks show where they change follows from rules written down here (`zone`).
//!
//! `TIEOUT_DIFFERENTIAL_ROWS` is how many rows of both sides are judged, over all databases;
//! `TIEOUT_TEST_SEED` makes the same schemas again, and `TIEOUT_DIFFERENTIAL_SCHEMA` only that one of them.

mod calendar;
mod check;
mod column;
mod domain;
mod draw;
mod expect;
mod feed;
mod markup;
mod native;
mod ours;
mod packing;
mod plant;
mod schema;
mod scope;
mod sides;
mod spell;
mod types;
mod value;
mod xml;
mod zone;

use crate::support::{EVERY_KIND, Kind, Output, Place, random};
use expect::Expected;
use schema::Schema;
use sides::Sides;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

const ROWS: usize = 22_000;
/// The most failures that are shown.
const FAILURES: usize = 12;

/// What was judged, over all databases.
#[derive(Default)]
struct Tally {
    rows: usize,
    runs: usize,
    schemas: BTreeSet<u64>,
    wrong: Vec<String>,
    refused: Vec<String>,
    /// Per set of rows: what the first database came to, and how many have come to it.
    texts: BTreeMap<String, (Kind, [String; 5], usize)>,
}

struct Test {
    seed: u64,
    rows: usize,
    only: Option<u64>,
    tally: Mutex<Tally>,
}

#[test]
fn every_verdict_is_that_of_a_plain_comparison() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().expect(name));
    let test = Test {
        seed: random::seed("differential"),
        rows: number("TIEOUT_DIFFERENTIAL_ROWS")
            .map_or(ROWS, |rows| usize::try_from(rows).expect("a number")),
        only: number("TIEOUT_DIFFERENTIAL_SCHEMA"),
        tally: Mutex::default(),
    };
    thread::scope(|scope| {
        for kind in EVERY_KIND {
            let (next, judged) =
                (std::sync::Arc::new(AtomicU64::new(0)), std::sync::Arc::new(AtomicUsize::new(0)));
            for _ in 0..2 {
                let (next, judged, test) = (next.clone(), judged.clone(), &test);
                scope.spawn(move || test.work(kind, &next, &judged));
            }
        }
    });
    test.conclude();
}

impl Test {
    /// One worker on one database: schemas in their order, until enough rows were judged there.
    fn work(&self, kind: Kind, next: &AtomicU64, judged: &AtomicUsize) {
        let place = Place::new(kind);
        ours::prepare(&place);
        while judged.load(Ordering::Relaxed) < self.rows / EVERY_KIND.len() {
            let number = match (next.fetch_add(1, Ordering::Relaxed), self.only) {
                (0, Some(only)) => only,
                (_, Some(_)) => return,
                (number, None) => number,
            };
            judged.fetch_add(self.judge(&place, number), Ordering::Relaxed);
        }
    }

    /// Judges one schema, which may have several sets of rows; gives the number of its rows.
    fn judge(&self, place: &Place, number: u64) -> usize {
        let sets = Schema::sets(self.seed, number);
        let sides: Vec<Sides> = sets.iter().map(Sides::new).collect();
        let files = xml::files(&sets, &sides);
        let expected: Vec<Expected> = (sets.iter().zip(&sides).zip(&files.locations))
            .map(|((schema, sides), places)| expect::expected(schema, sides, places))
            .collect();
        let rows = expected.iter().map(|expected| expected.rows).sum();
        let (mut wrong, mut refused) = (Vec::new(), None);
        let filled = sets.iter().zip(&sides).try_for_each(|(schema, sides)| ours::fill(schema, sides, place));
        if let Err(cause) = filled {
            refused = Some(format!("ours cannot be made: {cause}"));
        } else {
            let output = run(&sets, &files, place);
            if matches!(output.status, 0 | 1) {
                wrong = self.wrong(place, &sets, &output, &files, &expected);
            } else {
                refused = Some(output.all());
            }
            for schema in &sets {
                ours::drop(schema, place);
            }
        }
        if wrong.is_empty() && refused.is_none() {
            let _ = fs::remove_dir_all(place.path(&format!("s{number}")));
        }
        let subject = self.subject(place.kind, &sets);
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.rows += if refused.is_none() { rows } else { 0 };
        tally.runs += 1;
        tally.schemas.insert(number);
        if !wrong.is_empty() {
            tally.wrong.push(format!("{subject}\n{}", wrong.join("\n")));
        }
        tally.refused.extend(refused.map(|what| format!("{subject}\n{what}")));
        rows
    }

    /// What is wrong with a run, set by set.
    fn wrong(
        &self,
        place: &Place,
        sets: &[Schema],
        output: &Output,
        files: &xml::Files,
        expected: &[Expected],
    ) -> Vec<String> {
        let mut wrong: Vec<String> = check::status(output, expected).into_iter().collect();
        let summaries = check::summaries(output);
        if summaries.len() != sets.len() {
            return vec![format!("{} summaries instead of {}", summaries.len(), sets.len())];
        }
        for (n, (schema, summary)) in sets.iter().zip(&summaries).enumerate() {
            let run = summary["run_id"].as_str().unwrap_or_default();
            let folder = place.path(&format!("s{}/tieout-out/{run}", schema.number));
            wrong.extend(check::check(&folder, summary, schema, &expected[n], &files.listed[n]));
            wrong.extend(self.other_bytes(place.kind, schema, &folder));
        }
        wrong
    }

    /// Says where another database has written other bytes for the same rows.
    fn other_bytes(&self, kind: Kind, schema: &Schema, folder: &Path) -> Vec<String> {
        let texts =
            check::SAME_EVERYWHERE.map(|name| fs::read_to_string(folder.join(name)).unwrap_or_default());
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, before, seen) =
            tally.texts.entry(schema.id()).or_insert_with(|| (kind, texts.clone(), 0));
        *seen += 1;
        let mut wrong = Vec::new();
        for ((name, one), other) in check::SAME_EVERYWHERE.iter().zip(&*before).zip(&texts) {
            if one != other {
                let lines = one.lines().zip(other.lines()).find(|(one, other)| one != other);
                wrong.push(format!("{name} is not that of {first:?}: {lines:?}"));
            }
        }
        if *seen == EVERY_KIND.len() {
            tally.texts.remove(&schema.id());
        }
        wrong
    }

    fn subject(&self, kind: Kind, sets: &[Schema]) -> String {
        format!(
            "--- schema {} on {kind:?}; again: TIEOUT_TEST_SEED={} TIEOUT_DIFFERENTIAL_SCHEMA={} \
             cargo test --test integration differential\n{}",
            sets[0].number,
            self.seed,
            sets[0].number,
            feed::feed(sets, kind)
        )
    }

    /// Says how it went, past the test harness, which shows what a test prints only where it fails.
    fn conclude(self) {
        let tally = self.tally.into_inner().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(
            std::io::stderr(),
            "differential: {} rows judged over {} databases in {} runs of {} schemas, seed {}; wrong: {}; refused: {}",
            tally.rows,
            EVERY_KIND.len(),
            tally.runs,
            tally.schemas.len(),
            self.seed,
            tally.wrong.len(),
            tally.refused.len()
        );
        let failed: Vec<&str> =
            tally.refused.iter().chain(&tally.wrong).take(FAILURES).map(String::as_str).collect();
        assert!(failed.is_empty(), "the first {} failures:\n\n{}", failed.len(), failed.join("\n\n"));
    }
}

/// Runs the program on what was made.
fn run(sets: &[Schema], files: &xml::Files, place: &Place) -> Output {
    let folder = place.path(&format!("s{}", sets[0].number));
    fs::create_dir(&folder).expect("a folder for the run");
    fs::write(folder.join("feed.toml"), feed::feed(sets, place.kind)).expect("the feed");
    let mut command = place.command().current_dir(&folder).args([
        "run",
        "feed.toml",
        "--format",
        "json",
        "--database",
        place.url(),
    ]);
    if sets.iter().any(|schema| schema.scoped) {
        command = command.args(["--set", "wanted=1"]);
    }
    for file in &files.given {
        fs::write(folder.join(&file.name), &file.bytes).expect("a file of theirs");
        command = command.arg(&file.name);
    }
    command.output()
}
