//! The documents are true: what they name is there, what they list is complete, and what they show is printed.
//!
//! Every check gives what is wrong, and `each_check_finds_what_is_wrong` shows each of them a document that is.

mod errors;
mod examples;
pub mod markdown;
mod names;
mod outputs;
mod readme;
mod reference;

use markdown::{Document, documents, root};
use names::{broken_links, missing_files, unknown_commands, unknown_keys};
use reference::unlisted;

/// Lines of README.md: it is for the first ten minutes.
const LONGEST_README: usize = 200;
/// Words of a sentence. The rule is 25; a formula or a list of names may take a few more.
const LONGEST_SENTENCE: usize = 30;

#[track_caller]
fn assert_nothing(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[track_caller]
fn assert_all(check: fn(&Document) -> Vec<String>) {
    assert_nothing(&documents().iter().flat_map(check).collect::<Vec<_>>());
}

#[test]
fn every_file_that_is_named_exists() {
    assert_all(missing_files);
}

#[test]
fn every_link_leads_somewhere() {
    assert_all(broken_links);
}

#[test]
fn every_key_that_is_named_is_one_of_a_feed() {
    assert_all(unknown_keys);
}

#[test]
fn every_command_and_option_that_is_named_exists() {
    assert_all(unknown_commands);
}

#[test]
fn no_sentence_is_longer_than_one_breath() {
    let mut all = documents();
    all.push(Document::read("CHANGELOG.md"));
    assert_nothing(&all.iter().flat_map(long_sentences).collect::<Vec<_>>());
}

#[test]
fn the_readme_is_for_ten_minutes() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let lines = readme.lines().count();
    assert!(
        lines <= LONGEST_README,
        "README.md has {lines} lines; move what is not for the first ten minutes to docs/"
    );
}

fn long_sentences(document: &Document) -> Vec<String> {
    let words = |sentence: &&String| sentence.split(' ').count() > LONGEST_SENTENCE;
    let long = document.sentences.iter().filter(words);
    long.map(|sentence| format!("{}: {sentence}", document.path.display())).collect()
}

#[test]
fn each_check_finds_what_is_wrong() {
    let long = "word ".repeat(LONGEST_SENTENCE + 1);
    let text = format!(
        "# One\n\n`src/gone.rs` `run/gone.rs` `gone.rs` [a](docs/gone.md) [b](#two) [c](README.md#no-such-heading)\n\n\
         `[xml] rows` `[gone]` `[database] url, lock_timeouts`\n\n```toml\n[xml]\nrow = \"a\"\nrowz = 1\n[[column]]\n\
         sign = {{ pathz = \"x\" }}\n```\n\n`tieout gone` `tieout run FEED --gone` `--gone`\n\n```sh\ntieout feeds sho x\n```\n\n\
         {long}.\n\n## `[feed]`\n\n| key | means |\n|---|---|\n| `nam` | x |\n"
    );
    let broken = Document::of("README.md", &text);
    assert_eq!(missing_files(&broken).len(), 3, "{:?}", missing_files(&broken));
    assert_eq!(broken_links(&broken).len(), 3, "{:?}", broken_links(&broken));
    assert_eq!(unknown_keys(&broken).len(), 5, "{:?}", unknown_keys(&broken));
    assert_eq!(unknown_commands(&broken).len(), 4, "{:?}", unknown_commands(&broken));
    assert_eq!(long_sentences(&broken).len(), 1, "{:?}", long_sentences(&broken));
    let unlisted = unlisted(&broken);
    for wrong in [
        "[feed] name is not listed",
        "[feed] nam is listed, and no reader knows it",
        "sign path is not listed",
    ] {
        assert!(unlisted.iter().any(|one| one == wrong), "{wrong}: {unlisted:?}");
    }
    let right = "# One\n\n`src/lib.rs` `commands/run.rs` `sql/<dialect>/*.sql` `lib.rs` [a](docs/feed-reference.md#feed) [b](#one)\n\n\
                 `[xml] row` `[set.ours] where` `[results] audit = \"all\"` `Entry[2]` `tieout feeds show NAME` `tieout -vv run FEED --force`\n";
    let right = Document::of("README.md", right);
    for check in [missing_files, broken_links, unknown_keys, unknown_commands, long_sentences] {
        assert_nothing(&check(&right));
    }
}
