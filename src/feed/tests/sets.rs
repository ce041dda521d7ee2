//! Tests of what mistakes in row sets say, and in what concerns both sides.

use super::{env, mistakes::mistakes};
use crate::feed::parse;
use std::path::Path;

#[test]
fn mistakes_of_row_sets() {
    let text = r#"[feed]
name = "f"
[xml]
row = "a"
[ours]
table = "t"
[[set]]
name = "One"
row = "a"
[[set.column]]
name = "id"
key = true
[[set]]
name = "two"
[[set.column]]
name = "id"
[[set]]
name = "two"
row = "b"
whre = "c"
[[set.column]]
name = "id"
key = true
lookup = { in = "p", id = "@id" }
raw = true
"#;
    assert_eq!(
        mistakes(text),
        [
            "feed.toml:4:1: [xml] row: belongs to each [[set]] where there are sets; move it there",
            "feed.toml:5:2: [ours]: belongs to each [[set]] where there are sets; write it as set.ours below its set",
            "feed.toml:8:8: [[set]] name: `One` has other characters than a-z, 0-9 and -; take them out",
            "feed.toml:13:1: [[set]] row: is missing; name the element that makes a row, like row = \"Stmt/Ntry\"",
            "feed.toml:15:7: [[set.column]]: no column is a key; add key = true to those that identify a row",
            "feed.toml:18:8: [[set]] name: `two` is another set's name too; rename one",
            "feed.toml:20:1: [[set]] whre: unknown key; did you mean `where`?",
            "feed.toml:24:10: [[set.column]] lookup.value: is missing; say which value is wanted, like \"partyName\"",
        ]
    );
    assert_eq!(
        mistakes(
            "[feed]\nname = \"f\"\n[[set]]\nname = \"a-name-of-forty-characters-is-no-longer-ok\"\nrow = \"a\"\n[[set.column]]\nname = \"id\"\nkey = true\n"
        ),
        ["feed.toml:4:8: [[set]] name: has 42 characters; use at most 40"]
    );
    assert_eq!(
        mistakes(
            "[feed]\nname = \"a-feed\"\n[[set]]\nname = \"a-name-of-more-than-thirty-four-chars\"\nrow = \"a\"\n[[set.column]]\nname = \"id\"\nkey = true\n"
        ),
        [
            "feed.toml:4:8: [[set]] name: `a-feed-a-name-of-more-than-thirty-four-chars` has 44 characters; use at most 40"
        ]
    );
}

#[test]
fn a_total_needs_both_sides() {
    let text = r#"[feed]
name = "f"
[xml]
row = "a"
[[column]]
name = "id"
key = true
[[column]]
name = "amount"
type = "decimal"
total_by = "currency"
[[column]]
name = "currency"
compare = false
[ours]
table = "t"
"#;
    assert_eq!(
        mistakes(text),
        [
            "feed.toml:15:1: [ours] columns: name `currency` there: total_by of `amount` needs it on our side, where a \
             column with compare = false is not looked for"
        ]
    );
    let named = format!("{text}[ours.columns]\ncurrency = \"ccy\"\n");
    assert_eq!(parse(&named, Path::new("feed.toml"), &env).expect("a good feed").len(), 1);
    let without_ours = text.split("[ours]").next().expect("a beginning");
    assert_eq!(parse(without_ours, Path::new("feed.toml"), &env).expect("a good feed").len(), 1);
}
