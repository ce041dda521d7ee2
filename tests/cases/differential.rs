//! The differential test: random schemas, random rows with planted differences, random feeds; the program on
//! every database against a plain comparison of the same values.
//!
//! Nothing here knows how the program works: a value is drawn as what it means (`value`), written as theirs
//! (`spell`, `xml`, `packing`) and as ours (`native`, `ours`), and judged by the rules of `docs/verdict.md` (`expect`, `scope`).
//! What clocks show where they change follows from rules written down here (`zone`).
//!
//! A schema on a database is the test `differential::schema-N::DATABASE`. `TIEOUT_DIFFERENTIAL_ROWS` is how many rows of
//! both sides are judged, over all databases. The seed is always the same, unless `TIEOUT_TEST_SEED` names another, as
//! `scripts/differential` does.

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

use crate::{
    pool,
    support::{EVERY_KIND, Kind, Output, Place, Server, random},
    trials::Trials,
};
use expect::Expected;
use schema::Schema;
use sides::Sides;
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Mutex, PoisonError},
};

const ROWS: usize = 22_000;

/// What was judged, over all databases.
static TALLY: Mutex<Tally> = Mutex::new(Tally { rows: 0, runs: 0, texts: BTreeMap::new() });

struct Tally {
    rows: usize,
    runs: usize,
    /// Per set of rows: what the first database came to, and how many have come to it.
    texts: BTreeMap<String, (Kind, [String; 5], usize)>,
}

/// The random schemas of a seed.
#[derive(Clone, Copy)]
struct Test {
    seed: u64,
    rows: usize,
}

/// `differential::schema-N::DATABASE`, as many as it takes for so many rows.
pub fn trials(trials: &mut Trials) {
    trials.add("differential::calendar".to_owned(), || {
        calendar::days_are_those_of_the_calendar();
        Ok(())
    });
    trials.add("differential::zone".to_owned(), || {
        zone::clocks_change_when_they_did();
        Ok(())
    });
    let rows = std::env::var("TIEOUT_DIFFERENTIAL_ROWS");
    let rows = rows.map_or(ROWS, |text| text.parse().expect("TIEOUT_DIFFERENTIAL_ROWS is a number"));
    let test = Test { seed: random::seed(), rows };
    let (mut left, mut number) = (rows / EVERY_KIND.len(), 0);
    while left > 0 {
        for kind in EVERY_KIND {
            trials.add(format!("differential::schema-{number}::{}", kind.name()), move || {
                test.judge(&pool::lend("differential", Server::shared(kind)), number)
            });
        }
        left = left.saturating_sub(test.size(number));
        number += 1;
    }
}

/// Says how much was judged.
pub fn close() {
    let tally = TALLY.lock().unwrap_or_else(PoisonError::into_inner);
    if tally.runs > 0 {
        println!(
            "differential: {} rows judged in {} runs, seed {}\n",
            tally.rows,
            tally.runs,
            random::seed()
        );
    }
}

impl Test {
    /// How many rows both sides of a schema have, over all its sets.
    fn size(self, number: u64) -> usize {
        let sides = Schema::sets(self.seed, number);
        sides.iter().map(Sides::new).map(|sides| sides.theirs.len() + sides.ours.len()).sum()
    }

    /// Judges one schema, which may have several sets of rows.
    fn judge(self, place: &Place, number: u64) -> Result<(), String> {
        ours::prepare(place);
        let sets = Schema::sets(self.seed, number);
        let sides: Vec<Sides> = sets.iter().map(Sides::new).collect();
        let files = xml::files(&sets, &sides);
        let expected: Vec<Expected> = (sets.iter().zip(&sides).zip(&files.locations))
            .map(|((schema, sides), places)| expect::expected(schema, sides, places))
            .collect();
        let subject = |what: &str| format!("{what}\n\n{}", self.subject(place.kind, &sets));
        for (schema, sides) in sets.iter().zip(&sides) {
            let filled = ours::fill(schema, sides, place);
            filled.map_err(|cause| subject(&format!("ours cannot be made: {cause}")))?;
        }
        let output = run(&sets, &files, place);
        if !matches!(output.status, 0 | 1) {
            return Err(subject(&format!("refused: {}", output.all())));
        }
        let wrong = Self::wrong(place, &sets, &output, &files, &expected);
        for schema in &sets {
            ours::drop(schema, place);
        }
        let mut tally = TALLY.lock().unwrap_or_else(PoisonError::into_inner);
        tally.rows += expected.iter().map(|expected| expected.rows).sum::<usize>();
        tally.runs += 1;
        drop(tally);
        if !wrong.is_empty() {
            return Err(subject(&wrong.join("\n")));
        }
        let _ = fs::remove_dir_all(place.path(&format!("s{number}")));
        Ok(())
    }

    /// What is wrong with a run, set by set.
    fn wrong(
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
            wrong.extend(Self::other_bytes(place.kind, schema, &folder));
        }
        wrong
    }

    /// Says where another database has written other bytes for the same rows.
    fn other_bytes(kind: Kind, schema: &Schema, folder: &Path) -> Vec<String> {
        let texts = check::SAME_EVERYWHERE.map(|name| check::read(folder, name));
        let mut tally = TALLY.lock().unwrap_or_else(PoisonError::into_inner);
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

    fn subject(self, kind: Kind, sets: &[Schema]) -> String {
        let number = sets[0].number;
        format!(
            "again: TIEOUT_TEST_SEED={} TIEOUT_DIFFERENTIAL_ROWS={} scripts/test --test cases \
             differential::schema-{number}::{}\n{}",
            self.seed,
            self.rows,
            kind.name(),
            feed::feed(sets, kind)
        )
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
