//! `tieout explain`: the tables of codes, exit statuses, outcomes and reasons, for people.

use super::terminal::print;
use crate::{
    cli,
    error::{Code, Entry, Error, Result, STATUSES},
    feed::nearest,
    model::{Outcome, Reason},
};
use std::fmt::Write as _;

/// Explains one word, or lists all.
pub fn explain(arguments: &cli::ExplainArgs) -> Result<u8> {
    let text = match &arguments.word {
        Some(word) => one(find(word)?),
        None if arguments.markdown => page(),
        None => list(),
    };
    print(&text).map(|()| 0)
}

/// The words of one kind, under their title.
fn tables() -> Vec<(String, Vec<&'static Entry>)> {
    let mut tables: Vec<(String, Vec<&Entry>)> = vec![
        ("Exit statuses".into(), STATUSES.iter().collect()),
        ("Outcomes".into(), Outcome::ALL.into_iter().map(Outcome::entry).collect()),
        ("Reasons".into(), Reason::ALL.into_iter().map(Reason::entry).collect()),
    ];
    for status in STATUSES {
        let codes = Code::ALL.iter().filter(|code| code.status().to_string() == status.word);
        let codes: Vec<&Entry> = codes.map(|code| code.entry()).collect();
        if !codes.is_empty() {
            tables.push((format!("Codes of status {}: {}", status.word, status.meaning), codes));
        }
    }
    tables
}

/// The entry that a word names: in any letter case, a code also without `TO-` and in the brackets of a message.
fn find(typed: &str) -> Result<&'static Entry> {
    let word = typed.trim().trim_matches(['[', ']']).to_lowercase().replace(['-', ' '], "_");
    let entries: Vec<&Entry> = tables().into_iter().flat_map(|(_, entries)| entries).collect();
    let plain = |entry: &Entry| entry.word.to_lowercase().replace('-', "_");
    let named = |word: &str| entries.iter().copied().find(|entry| plain(entry) == word);
    named(&word).or_else(|| named(&format!("to_{word}"))).ok_or_else(|| {
        let words: Vec<&str> = entries.iter().map(|entry| entry.word).collect();
        let error = Error::new(Code::UnknownWord, format!("{typed:?} is not a word of tieout's"));
        match nearest(&word, &words) {
            Some(near) => error.with_hint(format!("did you mean {near}? `tieout explain` lists all words")),
            None => error,
        }
    })
}

/// A clause as a sentence.
fn sentence(clause: &str) -> String {
    let mut rest = clause.chars();
    let first = rest.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(rest).chain(['.']).collect()
}

fn one(entry: &Entry) -> String {
    let Entry { word, meaning, why, action } = entry;
    let mut text = format!("{word}: {meaning}\n\nWhy:        {why}\nWhat to do: {}\n", sentence(action));
    if let Some(code) = Code::ALL.iter().find(|code| code.entry() == entry) {
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(text, "Status:     {}", code.status());
    }
    text
}

fn list() -> String {
    let mut text = String::from("`tieout explain WORD` says why it happens and what to do.\n");
    for (title, entries) in tables() {
        let _ = writeln!(text, "\n{title}");
        for Entry { word, meaning, .. } in entries {
            let _ = writeln!(text, "  {word:<20} {meaning}");
        }
    }
    text
}

/// `docs/errors.md`.
fn page() -> String {
    let mut text = String::from(
        "# Errors\n\n`tieout explain --markdown` writes this page from the tables in the program. \
         Do not edit it by hand.\n\n\
         Every error message holds a code in brackets, such as `[TO-304]`. Wrong usage of the command line has none. \
         A code keeps its meaning for ever. \
         The exit status is the code without its last two digits. `tieout explain WORD` prints one entry of this page.\n",
    );
    for (title, entries) in tables() {
        let _ = writeln!(text, "\n## {title}");
        for Entry { word, meaning, why, action } in entries {
            let _ = write!(
                text,
                "\n### {word}\n\n{}\n\n- Why: {why}\n- What to do: {}\n",
                sentence(meaning),
                sentence(action)
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_word_is_found_however_it_is_typed() {
        for (typed, word) in [
            ("TO-304", "TO-304"),
            ("to-304", "TO-304"),
            ("304", "TO-304"),
            ("[TO-304]", "TO-304"),
            ("3", "3"),
            ("130", "130"),
            ("70", "70"),
            ("7001", "TO-7001"),
            ("Mismatched", "mismatched"),
            ("missing-in-ours", "missing_in_ours"),
            ("missing in ours", "missing_in_ours"),
            ("ROUNDING", "rounding"),
        ] {
            assert_eq!(find(typed).map(|entry| entry.word).ok(), Some(word), "{typed}");
        }
    }

    #[test]
    fn an_unknown_word_is_wrong_usage_with_the_nearest() {
        let unknown = |word: &str| find(word).map(|entry| entry.word).unwrap_err();
        assert_eq!(unknown("mismached").hint(), "did you mean mismatched? `tieout explain` lists all words");
        assert_eq!((unknown("xyzzy").code(), unknown("xyzzy").status()), (Code::UnknownWord, 2));
    }

    #[test]
    fn no_two_entries_have_one_word() {
        let entries: Vec<_> = tables().into_iter().flat_map(|(_, entries)| entries).collect();
        let words: BTreeSet<_> = entries.iter().map(|entry| entry.word.to_lowercase()).collect();
        assert_eq!(words.len(), entries.len());
        assert_eq!(entries.len(), Code::ALL.len() + STATUSES.len() + 6 + 12);
    }
}
