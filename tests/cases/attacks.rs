//! What may happen to a file that a shipped feed reads, and must not pass: whatever is taken back, corrected, in another
//! currency or of a status that nobody knows is a break, a bad row or a refusal, never a clean tie-out.
//!
//! `tests/feeds/FEED/attacks.toml` names a good `fixture` of that folder. Its rows are loaded as ours, and it must tie out.
//! Then come edits of it, one `[[attack]]` each: `kind`, what to `replace` `with` what (every occurrence; `and` holds more
//! pairs), and what is `expected`: a `break`, a `bad-row` or `refused`. A kind that the format cannot have says why under
//! `none`. Each of `KINDS` must be there. A feed is the test `attacks::FEED`.

use crate::{
    name, repository, sorted,
    support::{Kind, Output, Place},
    trials::Trials,
};
use std::{fs, path::Path};

/// What every feed must stand, or say why it cannot happen.
const KINDS: [&str; 7] = [
    "cancelled",
    "corrected",
    "unknown-status",
    "missing-sign",
    "second-currency",
    "empty-section",
    "wrong-root",
];

/// `attacks::FEED`.
pub fn trials(trials: &mut Trials) {
    for folder in sorted(&repository("tests/feeds")) {
        trials.add(format!("attacks::{}", name(&folder)), move || {
            let text = fs::read_to_string(folder.join("attacks.toml")).map_err(|_| "has no attacks.toml")?;
            let table: toml::Table = text.parse().map_err(|cause| format!("attacks.toml: {cause}"))?;
            let wrong = attack(&folder, &table)?;
            if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
        });
    }
}

/// What did not end as it must.
fn attack(folder: &Path, table: &toml::Table) -> Result<Vec<String>, String> {
    let fixture = text(table, "fixture")?;
    let good = fs::read_to_string(folder.join(fixture)).map_err(|cause| format!("{fixture}: {cause}"))?;
    let place = Place::new(Kind::Sqlite);
    load(&place, &name(folder), fixture, &good)?;
    let output = run(&place, fixture, &good);
    if output.status != 0 {
        return Err(format!("{fixture} does not tie out with its own rows:\n{}", output.all()));
    }
    let none = Vec::new();
    let attacks = table.get("attack").and_then(toml::Value::as_array).unwrap_or(&none);
    let attacks: Vec<&toml::Table> = attacks.iter().filter_map(toml::Value::as_table).collect();
    let has = |kind: &&str| attacks.iter().any(|attack| text(attack, "kind") == Ok(*kind));
    let lacks = KINDS.iter().filter(|kind| !has(kind));
    let mut wrong: Vec<String> = lacks.map(|kind| format!("no attack of kind {kind}")).collect();
    for attack in attacks {
        let kind = text(attack, "kind")?;
        if text(attack, "none").is_ok_and(|why| !why.is_empty()) {
            continue;
        }
        let expected = text(attack, "expected")?;
        let output = run(&place, fixture, &edited(&good, attack).map_err(|what| format!("{kind}: {what}"))?);
        if became(&output) != expected {
            wrong.push(format!("{kind}: {expected} is expected, not {}\n{}", became(&output), output.all()));
        }
    }
    Ok(wrong)
}

/// What a run came to.
fn became(output: &Output) -> &'static str {
    match output.status {
        0 => "tied out",
        1 => "break",
        3 if output.stderr.contains(": record ") => "bad-row",
        3 => "refused",
        _ => "an error",
    }
}

fn edited(good: &str, attack: &toml::Table) -> Result<String, String> {
    let mut pairs = vec![(text(attack, "replace")?, text(attack, "with")?)];
    for pair in attack.get("and").and_then(toml::Value::as_array).into_iter().flatten() {
        match pair.as_array().map(Vec::as_slice) {
            Some([toml::Value::String(old), toml::Value::String(new)]) => pairs.push((old, new)),
            _ => return Err("`and` holds pairs of texts".to_owned()),
        }
    }
    pairs.into_iter().try_fold(good.to_owned(), |all, (old, new)| {
        if all.contains(old) { Ok(all.replace(old, new)) } else { Err(format!("there is no {old:?}")) }
    })
}

fn run(place: &Place, fixture: &str, content: &str) -> Output {
    place.write(fixture, content);
    place.run(&[fixture, "--force", "--no-progress", "--out", "runs"])
}

/// Writes the feed, with a table of ours for each row set, and fills the tables with the rows of the good file.
fn load(place: &Place, feed: &str, fixture: &str, good: &str) -> Result<(), String> {
    let shown = place.tieout(&["feeds", "show", feed]);
    shown.expect(0, &[]);
    let mut tables = 0;
    let lines = shown.stdout.lines().map(|line| match line.strip_prefix("# ") {
        Some(table @ ("[ours]" | "[set.ours]")) => {
            tables += 1;
            format!("{table}\ntable = \"ours{tables}\"\n")
        }
        _ => format!("{line}\n"),
    });
    let whole: String = lines.collect();
    place.write("feed.toml", &whole);
    place.write(fixture, good);
    let output = place.tieout(&["convert", "feed.toml", fixture, "--out", "converted"]);
    if output.status != 0 {
        return Err(format!("{fixture} is not converted:\n{}", output.all()));
    }
    let parsed: toml::Table = whole.parse().map_err(|cause| format!("feed.toml: {cause}"))?;
    let sets = parsed.get("set").and_then(toml::Value::as_array);
    let names = sets.into_iter().flatten().filter_map(|set| set.get("name")?.as_str());
    let mut folders: Vec<_> = names.map(|set| place.path("converted").join(set)).collect();
    if folders.is_empty() {
        folders.push(place.path("converted"));
    }
    for (number, folder) in (1..).zip(folders) {
        let chunk = fs::read_to_string(folder.join("0001-000001.csv"))
            .map_err(|cause| format!("{fixture} has no rows in {}: {cause}", folder.display()))?;
        place.sql(&inserts(&format!("ours{number}"), &chunk)?);
    }
    Ok(())
}

/// A table of texts that holds the rows of a chunk, without the four columns that tieout adds.
fn inserts(table: &str, chunk: &str) -> Result<String, String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(chunk.as_bytes());
    let mut statements = Vec::new();
    for (number, record) in reader.records().enumerate() {
        let record = record.map_err(|cause| cause.to_string())?;
        let quoted = |quote: char| {
            let field =
                |field: &str| format!("{quote}{}{quote}", field.replace(quote, &quote.to_string().repeat(2)));
            record.iter().skip(4).map(field).collect::<Vec<_>>().join(", ")
        };
        statements.push(match number {
            0 => format!("CREATE TABLE {table} ({});\n", quoted('"')),
            _ => format!("INSERT INTO {table} VALUES ({});\n", quoted('\'')),
        });
    }
    Ok(statements.concat())
}

fn text<'t>(table: &'t toml::Table, key: &str) -> Result<&'t str, String> {
    table.get(key).and_then(toml::Value::as_str).ok_or_else(|| format!("`{key}` is to be a text"))
}
