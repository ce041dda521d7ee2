//! The table of codes, and what an error says.

use super::*;
use std::{collections::BTreeSet, fs, path::PathBuf};

/// The text of every source file but those of this folder.
fn sources() -> String {
    let mut text = String::new();
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the sources can be listed") {
            let path = entry.expect("an entry").path();
            if path.ends_with("error/codes") || path.ends_with("error/tests.rs") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                text.push_str(&fs::read_to_string(&path).expect("a source file is text"));
            }
        }
    }
    text
}

#[test]
fn every_code_is_raised_somewhere() {
    let text = sources();
    let used = |code: &&Code| {
        !text.split("Code::").skip(1).any(|rest| {
            rest.strip_prefix(&format!("{code:?}"))
                .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
        })
    };
    let unused: Vec<_> = Code::ALL.iter().filter(used).collect();
    assert!(unused.is_empty(), "no line raises {unused:?}");
}

#[test]
fn every_code_has_its_own_word_and_a_status_that_is_described() {
    let words: BTreeSet<_> = Code::ALL.iter().map(|code| code.entry().word).collect();
    assert_eq!(words.len(), Code::ALL.len());
    for code in Code::ALL {
        assert_eq!(code.to_string(), format!("TO-{}", *code as u16));
        assert!(STATUSES.iter().any(|status| status.word == code.status().to_string()), "{code}");
    }
    assert!(Code::ALL.is_sorted(), "the table is sorted by number");
}

#[test]
fn every_text_of_the_tables_is_complete() {
    for entry in Code::ALL.iter().map(|code| code.entry()).chain(STATUSES) {
        let Entry { word, meaning, why, action } = entry;
        assert!(!meaning.is_empty() && !meaning.ends_with('.'), "{word}: {meaning}");
        assert!(why.ends_with('.'), "{word}: {why}");
        assert!(!action.is_empty() && !action.ends_with('.'), "{word}: {action}");
    }
}

#[test]
fn an_error_says_where_and_keeps_its_cause() {
    let place = Place::line_and_byte("a.xml", 3, 64);
    let error = Error::new(Code::WrongRoot, "the root element is b, not a").at(place.clone());
    assert_eq!(error.to_string(), "a.xml: line 3, byte 64: the root element is b, not a");
    assert_eq!((error.place(), error.status(), error.kind()), (Some(&place), 3, ErrorKind::Refused));
    assert_eq!(error.hint(), Code::WrongRoot.entry().action);
    assert_eq!(error.with_hint("ask").hint(), "ask");

    let error = Error::machine("write", "a\u{1b}/b".as_ref(), io::ErrorKind::StorageFull.into());
    assert_eq!(error.to_string(), "cannot write a\\u{1b}/b: no storage space");
    assert_eq!((error.code(), error.place()), (Code::DiskFull, Some(&Place::file("a\u{1b}/b"))));
    assert!(error.source().is_some_and(<dyn StdError>::is::<io::Error>));
}

#[test]
fn a_reader_hands_an_error_through() {
    let wrapped = Error::new(Code::Bomb, "it grows").into_io();
    assert!(Error::is_in(&wrapped));
    assert_eq!(Error::from_io(wrapped).map(|error| error.code()).ok(), Some(Code::Bomb));
    assert!(Error::from_io(io::ErrorKind::NotFound.into()).is_err());
}
