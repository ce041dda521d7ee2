//! The verdict: random rows on both sides with planted differences, reconciled by every database and by a
//! plain comparison of the same values.

mod expected;
mod rows;

use crate::support::random::Random;
use crate::support::{Kind, Place, parallel::on_every_server_at_once};
use expected::Expected;
use rows::{COLUMNS, Shape, Sides};
use std::fmt::Write;

#[test]
fn every_database_comes_to_the_verdict_of_a_plain_comparison() {
    compare(&mut Random::seeded("verdict"), Shape::Repeated);
}

/// Where a unique index covers the key, other statements settle repeated keys.
#[test]
fn so_it_does_where_our_keys_are_unique() {
    compare(&mut Random::seeded("unique"), Shape::Unique);
}

/// What the feed says about tolerances, in ten-thousandths.
#[derive(Debug, Clone, Copy)]
pub struct Tolerances {
    absolute: i128,
    percent: i128,
}

fn compare(random: &mut Random, shape: Shape) {
    let tolerances = Tolerances {
        absolute: random.pick(&[0, 1, 100, 5000]),
        percent: random.pick(&[1000, 10_000, 25_000]),
    };
    let sides = Sides::new(random, shape, tolerances);
    let expected = Expected::new(&sides, tolerances);
    let outputs = on_every_server_at_once(|kind| run(kind, shape, tolerances, &sides));
    for (output, kind) in outputs.iter().zip(crate::support::EVERY_KIND) {
        expected.check(kind, &output.breaks, &output.summary, &output.rejects);
        assert_eq!(output.breaks, outputs[0].breaks, "{kind:?} writes other bytes than SQLite");
        assert_eq!(output.summary["totals"], outputs[0].summary["totals"], "{kind:?}");
        assert_eq!(output.summary["columns"], outputs[0].summary["columns"], "{kind:?}");
        assert_eq!(output.summary["warnings"].to_string(), "[]", "{kind:?}");
    }
}

struct Output {
    breaks: String,
    rejects: String,
    summary: serde_json::Value,
}

fn run(kind: Kind, shape: Shape, tolerances: Tolerances, sides: &Sides) -> Output {
    let place = Place::new(kind);
    place.sql(&create(kind, shape));
    for batch in sides.ours.chunks(500) {
        let rows: Vec<String> = batch.iter().map(|row| row.literal(kind)).collect();
        place.sql(&format!("INSERT INTO ours VALUES\n{}", rows.join(",\n")));
    }
    place.write("feed.toml", feed(tolerances));
    for (name, xml) in sides.files() {
        place.write(&name, xml);
    }
    let output = place.run(&["a.xml", "b.xml", "--format", "json"]);
    assert_eq!(output.status, 1, "{kind:?}: {}", output.all());
    Output {
        breaks: place.output_file("tieout-out", "breaks.csv"),
        rejects: place.output_file("tieout-out", "rejects.csv"),
        summary: serde_json::from_str(&output.stdout).expect("a summary"),
    }
}

fn create(kind: Kind, shape: Shape) -> String {
    let columns: Vec<String> = (COLUMNS.iter())
        .map(|column| {
            let r#type = match kind {
                Kind::Sqlite => "",
                Kind::Postgres => column.postgres,
                _ => column.mysql,
            };
            let required = if shape == Shape::Unique && column.key { " NOT NULL" } else { "" };
            format!("{} {type}{required}", column.name)
        })
        .collect();
    let unique = if shape == Shape::Unique { "UNIQUE " } else { "" };
    format!(
        "CREATE TABLE ours ({}); CREATE {unique}INDEX ours_key ON ours (code, number)",
        columns.join(", ")
    )
}

fn feed(tolerances: Tolerances) -> String {
    let mut feed = String::from(
        "[feed]\nname = \"verdict\"\n[xml]\nrow = \"r\"\nbad_rows = \"quarantine\"\nchunk_rows = 97\n[ours]\ntable = \"ours\"\n[ours.columns]\nmemo = \"memo\"\n",
    );
    for column in &COLUMNS {
        let _ = writeln!(feed, "[[column]]\nname = \"{}\"\ntype = \"{}\"", column.name, column.r#type);
        if column.key {
            feed.push_str("key = true\n");
        }
        match column.name {
            "amount" => {
                let limit = rows::amount_text(tolerances.absolute);
                let _ = writeln!(feed, "tolerance = \"{limit}\"\ntotal_by = \"name\"");
            }
            "rate" => {
                let _ = writeln!(feed, "tolerance_percent = \"{}\"", rows::amount_text(tolerances.percent));
            }
            "name" => feed.push_str("ignore_case = true\n"),
            "memo" => feed.push_str("compare = false\n"),
            _ => {}
        }
    }
    feed
}
