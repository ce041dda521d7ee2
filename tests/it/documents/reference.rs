//! docs/feed-reference.md lists every key that the readers of a feed accept, with its default, and its examples are feeds.

use super::markdown::{Document, documents, root};
use tieout::feed;

/// Keys that the tables below a heading of that name do not list, or that the readers do not know.
pub fn unlisted(reference: &Document) -> Vec<String> {
    let mut wrong = Vec::new();
    for (title, keys) in feed::keys() {
        let listed = reference.listed(title);
        let missing = keys.iter().filter(|key| !listed.iter().any(|one| one == *key));
        wrong.extend(missing.map(|key| format!("{title} {key} is not listed")));
        let unknown = listed.iter().filter(|one| !keys.contains(&one.as_str()));
        wrong.extend(unknown.map(|key| format!("{title} {key} is listed, and no reader knows it")));
    }
    wrong
}

#[test]
fn the_reference_lists_every_key_of_every_table() {
    super::assert_nothing(&unlisted(&Document::read("docs/feed-reference.md")));
}

/// The defaults that the tables below a heading list, as TOML; words that are no value are left out.
fn defaults(reference: &Document, heading: &str) -> Vec<(String, String)> {
    let mut column = None;
    let mut defaults = Vec::new();
    for row in reference.rows(heading) {
        if row.head {
            column = row.cells.iter().position(|cell| cell == "default");
        } else if let (Some(column), [key, ..]) = (column, row.first.as_slice()) {
            defaults.extend(value(&row.cells[column]).map(|value| (key.clone(), value)));
        }
    }
    defaults
}

/// `16 MiB` and `60 s` as a feed writes them, and whatever is TOML as it stands.
fn value(cell: &str) -> Option<String> {
    let quantity = cell.split_once(' ').filter(|(number, unit)| {
        number.bytes().all(|byte| byte.is_ascii_digit())
            && unit.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    let text = quantity.map_or_else(|| cell.to_owned(), |(number, unit)| format!("\"{number}{unit}\""));
    format!("value = {text}").parse::<toml::Table>().is_ok().then_some(text)
}

/// A feed of every table, each with these lines.
fn feed_with(lines: impl Fn(&str) -> String) -> String {
    let more = |title: &str| format!("{title}\n{}", lines(title));
    let text = [
        "[feed]\nname = \"f\"\n".to_owned(),
        more("[database]") + "url = \"sqlite:x\"\n",
        more("[source]") + "url = \"sftp://files.example.com/x\"\n",
        more("[xml]") + "row = \"R\"\n",
        "[[column]]\nname = \"id\"\nkey = true\n".to_owned(),
        more("[[column]]") + "name = \"text\"\n",
        more("[[control]]") + "name = \"c\"\npath = \"@n\"\nequals = \"count\"\n",
        more("[suggestions]"),
        "[[column]]\nname = \"day\"\ntype = \"date\"\n".to_owned(),
        more("[timing]") + "column = \"day\"\ndays = 2\n",
        more("[fail_on]"),
        more("[results]"),
        more("[after]") + "command = [\"true\"]\n",
    ]
    .concat();
    let feeds = feed::parse(&text, root(), &|_| None).unwrap_or_else(|error| panic!("{error}\n{text}"));
    // All but the digest of its text.
    format!(
        "{:?}",
        feeds.iter().map(|feed| feed::Feed { sha256: String::new(), ..feed.clone() }).collect::<Vec<_>>()
    )
}

#[test]
fn every_default_is_what_the_program_takes() {
    let reference = Document::read("docs/feed-reference.md");
    let mut written = 0;
    let explicit = feed_with(|title| {
        // A text column takes no option of numbers, even one that is off.
        let defaults = defaults(&reference, title).into_iter().filter(|(key, _)| !key.starts_with("decimal"));
        defaults.map(|(key, value)| format!("{key} = {value}\n")).collect()
    });
    for title in [
        "[source]",
        "[xml]",
        "[[column]]",
        "[[control]]",
        "[suggestions]",
        "[timing]",
        "[results]",
        "[after]",
    ] {
        written += defaults(&reference, title).len();
    }
    assert!(written >= 30, "only {written} defaults were found");
    assert_eq!(explicit, feed_with(|_| String::new()));
}

#[test]
fn every_whole_example_is_a_feed() {
    let mut found = 0;
    for document in documents() {
        let examples =
            document.blocks.iter().filter(|(language, text)| language == "toml" && text.contains("[feed]"));
        for (_, text) in examples {
            found += 1;
            let read = feed::parse(text, &document.path, &|_| Some("sqlite:x".to_owned()));
            assert!(read.is_ok(), "{}", read.unwrap_err());
        }
    }
    assert!(found >= 2, "{found}");
}
