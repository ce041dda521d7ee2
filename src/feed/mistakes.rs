//! Mistakes of a feed file: where they stand, how they read, and what was probably meant.
//!
//! Reading goes on after a mistake, so that one run reports them all. Whatever is built meanwhile is
//! thrown away by [`FeedReading::finish`] if there was any.

use crate::error::{Code, Error, Mistake, Place, Result, printable};
use std::{cell::RefCell, path::Path};

/// The feed file while it is read, and the mistakes found so far.
pub(super) struct FeedReading<'a> {
    file: String,
    /// Where it lies.
    pub(super) path: &'a Path,
    text: &'a str,
    /// Looks up the variables of `${NAME}`.
    pub(super) env: &'a dyn Fn(&str) -> Option<String>,
    mistakes: RefCell<Vec<(usize, Mistake)>>,
}

impl<'a> FeedReading<'a> {
    pub(super) fn new(text: &'a str, file: &'a Path, env: &'a dyn Fn(&str) -> Option<String>) -> Self {
        let (path, file) = (file, file.display().to_string());
        Self { file, path, text, env, mistakes: RefCell::default() }
    }

    /// The file's text from `at` on.
    pub(super) fn text_from(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or_default()
    }

    /// Notes a mistake at byte `at`; `place` reads like `[xml] row`.
    pub(super) fn mistake(&self, at: usize, place: &str, what: impl AsRef<str>) {
        let (line, column) = line_and_column(self.text, at);
        let what = match place {
            "" => printable(what.as_ref()),
            place => format!("{}: {}", printable(place), printable(what.as_ref())),
        };
        let place = Place::line_and_column(&self.file, line, column);
        self.mistakes.borrow_mut().push((at, Mistake { place, what }));
    }

    /// `built`, unless there were mistakes: then all of them, in the file's order, as an error of this code.
    pub(super) fn finish<T>(self, code: Code, built: Option<T>) -> Result<T> {
        let mut mistakes = self.mistakes.into_inner();
        mistakes.sort_by_key(|(at, _)| *at);
        // The parser of TOML says some things once per bracket.
        mistakes.dedup();
        match built {
            Some(built) if mistakes.is_empty() => Ok(built),
            None if mistakes.is_empty() => {
                Err(Error::internal(format!("{}: a feed was refused without a reason", self.file)))
            }
            _ => Err(Error::feed(code, mistakes.into_iter().map(|(_, mistake)| mistake).collect())),
        }
    }
}

/// Line and column of byte `at`, both from 1; the column counts characters.
pub(super) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// What was probably meant by `word`, or everything that is known: "did you mean `row`?".
pub(crate) fn advice<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(word, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known: {}", known.join(", ")),
    }
}

/// The closest known word, if it is close enough to be a slip of the fingers.
pub(crate) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let plain = |word: &str| word.to_lowercase().replace(['-', ' '], "_");
    let word = plain(word);
    let allowed = (word.chars().count() / 3).max(1);
    known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(&word, &plain(known)), *known))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_only_what_is_near() {
        assert_eq!(advice("Key", ["key", "path"]), "did you mean `key`?");
        assert_eq!(advice("total-by", ["total_by"]), "did you mean `total_by`?");
        assert_eq!(advice("toleranse", ["tolerance", "tolerance_percent"]), "did you mean `tolerance`?");
        assert_eq!(advice("colour", ["key", "path"]), "known: key, path");
    }

    #[test]
    fn places_count_characters() {
        assert_eq!(line_and_column("a\nöb", 4), (2, 2));
        assert_eq!(line_and_column("a\nöb", 3), (2, 1), "inside a character");
        assert_eq!(line_and_column("", 9), (1, 1));
    }
}
