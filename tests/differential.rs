//! The differential test: random schemas, random rows with planted differences, random feeds; the program on
//! every database against a plain comparison of the same values.
//!
//! Nothing here knows how the program works: a value is drawn as what it means (`value`), written as theirs
//! (`spell`, `xml`) and as ours (`native`, `ours`), and judged by the README's rules (`expect`).
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

const ROWS: usize = 25_000;
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
    /// Per schema: what the first database came to, and how many have come to it.
    texts: BTreeMap<u64, (Kind, [String; 5], usize)>,
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

    /// Judges one schema; gives the number of its rows.
    fn judge(&self, place: &Place, number: u64) -> usize {
        let schema = Schema::new(self.seed, number);
        let sides = Sides::new(&schema);
        let files = xml::files(&schema, &sides);
        let expected = expect::expected(&schema, &sides, &files.locations);
        let (mut wrong, mut refused) = (Vec::new(), None);
        if let Err(cause) = ours::fill(&schema, &sides, place) {
            refused = Some(format!("ours cannot be made: {cause}"));
        } else {
            let output = run(&schema, &files, place);
            if matches!(output.status, 0 | 1) {
                let folder = place.run_folder(&format!("s{number}/tieout-out"));
                wrong.extend(check::check(&folder, &output, &schema, &expected, &files.listed));
                wrong.extend(self.other_bytes(place.kind, number, &folder));
            } else {
                refused = Some(output.all());
            }
            ours::drop(&schema, place);
        }
        if wrong.is_empty() && refused.is_none() {
            let _ = fs::remove_dir_all(place.path(&format!("s{number}")));
        }
        let subject = self.subject(place.kind, &schema);
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.rows += if refused.is_none() { expected.rows } else { 0 };
        tally.runs += 1;
        tally.schemas.insert(number);
        if !wrong.is_empty() {
            tally.wrong.push(format!("{subject}\n{}", wrong.join("\n")));
        }
        tally.refused.extend(refused.map(|what| format!("{subject}\n{what}")));
        expected.rows
    }

    /// Says where another database has written other bytes for the same rows.
    fn other_bytes(&self, kind: Kind, number: u64, folder: &Path) -> Vec<String> {
        let texts =
            check::SAME_EVERYWHERE.map(|name| fs::read_to_string(folder.join(name)).unwrap_or_default());
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, before, seen) = tally.texts.entry(number).or_insert_with(|| (kind, texts.clone(), 0));
        *seen += 1;
        let mut wrong = Vec::new();
        for ((name, one), other) in check::SAME_EVERYWHERE.iter().zip(&*before).zip(&texts) {
            if one != other {
                let lines = one.lines().zip(other.lines()).find(|(one, other)| one != other);
                wrong.push(format!("{name} is not that of {first:?}: {lines:?}"));
            }
        }
        if *seen == EVERY_KIND.len() {
            tally.texts.remove(&number);
        }
        wrong
    }

    fn subject(&self, kind: Kind, schema: &Schema) -> String {
        format!(
            "--- schema {} on {kind:?}; again: TIEOUT_TEST_SEED={} TIEOUT_DIFFERENTIAL_SCHEMA={} \
             cargo test --test integration differential\n{}",
            schema.number,
            self.seed,
            schema.number,
            feed::feed(schema, kind)
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
fn run(schema: &Schema, files: &xml::Files, place: &Place) -> Output {
    let folder = place.path(&format!("s{}", schema.number));
    fs::create_dir(&folder).expect("a folder for the run");
    fs::write(folder.join("feed.toml"), feed::feed(schema, place.kind)).expect("the feed");
    let mut command = place.command();
    command.current_dir(&folder).args(["run", "feed.toml", "--format", "json", "--database", place.url()]);
    if schema.scoped {
        command.args(["--set", "wanted=1"]);
    }
    for file in &files.given {
        fs::write(folder.join(&file.name), &file.bytes).expect("a file of theirs");
        command.arg(&file.name);
    }
    command.output().expect("the program starts").into()
}
