//! Typed reading of one TOML table: what is absent is `None`, what is wrong is noted and `None`.
//!
//! It knows TOML and how mistakes read, but no key of the feed.

use super::{
    interpolate::interpolate,
    mistakes::{FeedReading, advice, nearest},
    path::{Condition, Path, PathError, RowPath},
    units,
};
use std::{collections::BTreeMap, time::Duration};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A table whose keys are all known.
pub(super) struct KnownTable<'r> {
    pub(super) reading: &'r FeedReading<'r>,
    /// How mistakes name it: `[xml]`, `[[column]]`.
    title: String,
    /// Before its keys where it is a value itself: `sign.`.
    prefix: String,
    /// Where it begins.
    pub(super) at: usize,
    pub(super) entries: &'r DeTable<'r>,
    /// Empty where the user chooses the keys.
    known: &'static [&'static str],
}

/// A string of the feed.
#[derive(Debug, Clone)]
pub(super) struct Text {
    /// After `${…}`.
    pub(super) value: String,
    /// Before `${…}`: mistakes show this, since a variable may be a secret.
    pub(super) written: String,
    /// Where it begins.
    pub(super) at: usize,
    /// Where its first character stands, if the file spells it as it is.
    inner: Option<usize>,
}

impl Text {
    fn place_of(&self, offset: usize) -> usize {
        self.inner.map_or(self.at, |inner| inner + offset)
    }
}

impl<'r> KnownTable<'r> {
    /// Opens a table; keys that are not in `known` are mistakes.
    pub(super) fn open(
        reading: &'r FeedReading<'r>,
        title: &str,
        at: usize,
        entries: &'r DeTable<'r>,
        known: &'static [&'static str],
    ) -> Self {
        let table = Self { reading, title: title.into(), prefix: String::new(), at, entries, known };
        table.refuse_unknown();
        table
    }

    /// Opens each table of a list of them; `None` where it is something else.
    pub(super) fn open_all(
        reading: &'r FeedReading<'r>,
        title: &str,
        list: &'r Spanned<DeValue<'r>>,
        known: &'static [&'static str],
    ) -> Option<Vec<Self>> {
        let open = |item: &'r Spanned<DeValue<'r>>| {
            let entries = item.get_ref().as_table()?;
            Some(Self::open(reading, title, item.span().start, entries, known))
        };
        list.get_ref().as_array()?.iter().map(open).collect()
    }

    fn refuse_unknown(&self) {
        for key in self.entries.keys() {
            let word: &str = key.get_ref();
            if !self.known.contains(&word) {
                let what = format!("unknown key; {}", advice(word, self.known.iter().copied()));
                self.reading.mistake(key.span().start, &self.place(word), what);
            }
        }
    }

    fn place(&self, key: &str) -> String {
        format!("{} {}{key}", self.title, self.prefix)
    }

    fn entry(&self, key: &str) -> Option<(&'r Spanned<toml::de::DeString<'r>>, &'r Spanned<DeValue<'r>>)> {
        self.entries.iter().find(|(name, _)| name.get_ref() == key)
    }

    fn value(&self, key: &str) -> Option<&'r Spanned<DeValue<'r>>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Whether the key is there, right or wrong.
    pub(super) fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// Whether the key's value is a text or a list.
    pub(super) fn is_text(&self, key: &str) -> bool {
        self.value(key).is_some_and(|value| value.get_ref().is_str() || value.get_ref().is_array())
    }

    /// Notes a mistake of `key`: at the key where it is there, else at the table.
    pub(super) fn mistake(&self, key: &str, what: impl AsRef<str>) {
        let at = self.entry(key).map_or(self.at, |(name, _)| name.span().start);
        self.reading.mistake(at, &self.place(key), what);
    }

    /// Notes a mistake of `key` inside its value.
    pub(super) fn mistake_at(&self, at: usize, key: &str, what: impl AsRef<str>) {
        self.reading.mistake(at, &self.place(key), what);
    }

    /// Notes that `key` is missing, unless it is there or merely misspelt.
    pub(super) fn require(&self, key: &str, advice: &str) {
        let misspelt = |word: &str| !self.known.contains(&word) && nearest(word, self.known) == Some(key);
        if !self.has(key) && !self.entries.keys().any(|word| misspelt(word.get_ref())) {
            self.mistake(key, format!("is missing; {advice}"));
        }
    }

    fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) {
        let found = value.get_ref().type_str();
        self.mistake_at(value.span().start, key, format!("this is of type {found}; write {expected}"));
    }

    fn text_of(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) -> Option<Text> {
        let DeValue::String(written) = value.get_ref() else {
            self.wrong_type(key, value, expected);
            return None;
        };
        let at = value.span().start;
        let interpolated =
            interpolate(written, self.reading.env).map_err(|what| self.mistake_at(at, key, what)).ok()?;
        let source = self.reading.text_from(at);
        let verbatim = source.get(1..).is_some_and(|inside| inside.starts_with(written.as_ref()));
        let inner = (verbatim && interpolated == *written).then_some(at + 1);
        Some(Text { value: interpolated, written: written.clone().into_owned(), at, inner })
    }

    /// A string.
    pub(super) fn text(&self, key: &str) -> Option<Text> {
        self.text_of(key, self.value(key)?, "a text in quotes")
    }

    /// A string that is not blank.
    pub(super) fn word(&self, key: &str) -> Option<Text> {
        let text = self.text(key)?;
        if text.value.trim().is_empty() {
            self.mistake_at(text.at, key, "is empty; write something there, or leave the key out");
            return None;
        }
        Some(text)
    }

    /// A string or a list of strings.
    pub(super) fn texts(&self, key: &str) -> Option<Vec<Text>> {
        let value = self.value(key)?;
        let expected = "a text in quotes, or a list of them";
        let DeValue::Array(list) = value.get_ref() else {
            return self.text_of(key, value, expected).map(|text| vec![text]);
        };
        // All of them are read before any failure counts, so that each mistake is noted.
        let texts: Vec<_> = list.iter().map(|item| self.text_of(key, item, "a text in quotes")).collect();
        texts.into_iter().collect()
    }

    /// A string or a list of strings, the plain values.
    pub(super) fn strings(&self, key: &str) -> Option<Vec<String>> {
        Some(self.texts(key)?.into_iter().map(|text| text.value).collect())
    }

    /// Like [`Self::strings`], but a bare string is wrong.
    pub(super) fn list(&self, key: &str, why: &str) -> Option<Vec<String>> {
        let value = self.value(key)?;
        if !value.get_ref().is_array() {
            self.wrong_type(key, value, why);
            return None;
        }
        self.strings(key)
    }

    /// `true` or `false`; absent is `default`.
    pub(super) fn flag(&self, key: &str, default: bool) -> bool {
        let Some(value) = self.value(key) else { return default };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong_type(key, value, "true or false");
            default
        })
    }

    /// A whole number of at least `least`; absent is `default`.
    pub(super) fn number<N: TryFrom<u64>>(&self, key: &str, least: u64, default: N) -> N {
        let Some(value) = self.value(key) else { return default };
        let DeValue::Integer(integer) = value.get_ref() else {
            self.wrong_type(key, value, "a whole number");
            return default;
        };
        let number = i128::from_str_radix(integer.as_str(), integer.radix()).ok();
        self.in_range(key, value, number, least).unwrap_or(default)
    }

    /// Bytes: a whole number or a text like `16MiB`, at least 1; absent is `default`.
    pub(super) fn size<N: TryFrom<u64>>(&self, key: &str, default: N) -> N {
        let Some(value) = self.value(key) else { return default };
        if !value.get_ref().is_str() {
            return self.number(key, 1, default);
        }
        let Some(text) = self.text(key) else { return default };
        match units::bytes(text.value.trim(), &text.written) {
            Ok(size) => self.in_range(key, value, Some(i128::from(size)), 1).unwrap_or(default),
            Err(what) => {
                self.mistake_at(text.at, key, what);
                default
            }
        }
    }

    fn in_range<N: TryFrom<u64>>(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        number: Option<i128>,
        least: u64,
    ) -> Option<N> {
        // Databases and the results table count in signed 64 bits.
        let number = number.and_then(|n| u64::try_from(n).ok()).filter(|n| i64::try_from(*n).is_ok());
        let fits = number.filter(|n| *n >= least).and_then(|n| N::try_from(n).ok());
        if fits.is_none() {
            let what = format!("is out of range; write {least} or a reasonable number above");
            self.mistake_at(value.span().start, key, what);
        }
        fits
    }

    /// A decimal that is not negative, as canonical text: a string, or an integer.
    pub(super) fn decimal(&self, key: &str) -> Option<String> {
        let value = self.value(key)?;
        let (text, written) = match value.get_ref() {
            DeValue::Integer(integer) => (integer.to_string(), integer.to_string()),
            DeValue::Float(float) => {
                let what = format!("a float is not exact; write it in quotes: \"{}\"", float.as_str());
                self.mistake_at(value.span().start, key, what);
                return None;
            }
            _ => {
                let text = self.text_of(key, value, "a decimal in quotes")?;
                (text.value, text.written)
            }
        };
        let note = |what: String| self.mistake_at(value.span().start, key, what);
        units::decimal(&text, &written).map_err(note).ok()
    }

    /// A duration.
    pub(super) fn duration(&self, key: &str) -> Option<Duration> {
        let text = self.text_of(key, self.value(key)?, "a duration in quotes, like \"30s\"")?;
        units::duration(text.value.trim(), &text.written)
            .map_err(|what| self.mistake_at(text.at, key, what))
            .ok()
    }

    /// One of some words.
    pub(super) fn choice<T: Clone>(&self, key: &str, options: &[(&str, T)]) -> Option<T> {
        self.pick(key, &self.text(key)?, options)
    }

    /// A list of some words.
    pub(super) fn choices<T: Clone>(&self, key: &str, options: &[(&str, T)]) -> Option<Vec<T>> {
        let picked: Vec<_> = self.texts(key)?.iter().map(|text| self.pick(key, text, options)).collect();
        picked.into_iter().collect()
    }

    fn pick<T: Clone>(&self, key: &str, text: &Text, options: &[(&str, T)]) -> Option<T> {
        let found = options.iter().find(|(word, _)| *word == text.value).map(|(_, option)| option.clone());
        if found.is_none() {
            let what = format!(
                "`{}` is not possible; {}",
                text.written,
                advice(&text.written, options.iter().map(|(word, _)| *word))
            );
            self.mistake_at(text.at, key, what);
        }
        found
    }

    /// Runs a parser over a string and places its error inside the string.
    pub(super) fn parsed<T>(
        &self,
        key: &str,
        text: &Text,
        parse: impl FnOnce(&str) -> Result<T, PathError>,
    ) -> Option<T> {
        let note = |error: PathError| self.mistake_at(text.place_of(error.offset), key, error.message);
        parse(&text.value).map_err(note).ok()
    }

    /// One path.
    pub(super) fn path(&self, key: &str) -> Option<Path> {
        self.parsed(key, &self.text(key)?, Path::parse)
    }

    /// One path of elements.
    pub(super) fn row_path(&self, key: &str) -> Option<RowPath> {
        self.parsed(key, &self.text(key)?, RowPath::parse)
    }

    /// A condition.
    pub(super) fn condition(&self, key: &str) -> Option<Condition> {
        self.parsed(key, &self.text(key)?, Condition::parse)
    }

    /// One path or a list of alternatives.
    pub(super) fn paths(&self, key: &str) -> Option<Vec<Path>> {
        self.alternatives(key, Path::parse)
    }

    /// At least one of something parsed.
    pub(super) fn alternatives<T>(
        &self,
        key: &str,
        parse: fn(&str) -> Result<T, PathError>,
    ) -> Option<Vec<T>> {
        let texts = self.texts(key)?;
        if texts.is_empty() {
            self.mistake(key, "the list is empty; name at least one path");
            return None;
        }
        let parsed: Vec<_> = texts.iter().map(|text| self.parsed(key, text, parse)).collect();
        parsed.into_iter().collect()
    }

    /// A sub-table with known keys.
    pub(super) fn table(
        &self,
        key: &str,
        known: &'static [&'static str],
        example: &str,
    ) -> Option<KnownTable<'r>> {
        let table = Self { known, ..self.sub_table(key, example)? };
        table.refuse_unknown();
        Some(table)
    }

    /// The tables below `[[<this>.key]]`.
    pub(super) fn tables(&self, key: &str, known: &'static [&'static str]) -> Vec<KnownTable<'r>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let title = format!("[[{}.{key}]]", self.title.trim_matches(['[', ']']));
        Self::open_all(self.reading, &title, value, known).unwrap_or_else(|| {
            self.mistake(key, format!("there may be several of these; write each as {title}"));
            Vec::new()
        })
    }

    /// A sub-table of strings under keys of the user's own: key, where it stands, value.
    pub(super) fn string_table(&self, key: &str, example: &str) -> Option<Vec<(String, usize, Text)>> {
        let table = self.sub_table(key, example)?;
        let read = |(name, value): (&Spanned<toml::de::DeString<'_>>, _)| {
            let text = table.text_of(name.get_ref(), value, "a text in quotes")?;
            Some((name.get_ref().clone().into_owned(), name.span().start, text))
        };
        Some(table.entries.iter().filter_map(read).collect())
    }

    /// A sub-table of strings as a map.
    pub(super) fn string_map(&self, key: &str, example: &str) -> BTreeMap<String, String> {
        let entries = self.string_table(key, example).unwrap_or_default();
        entries.into_iter().map(|(name, _, text)| (name, text.value)).collect()
    }

    /// A sub-table with keys of the user's own.
    pub(super) fn sub_table(&self, key: &str, example: &str) -> Option<KnownTable<'r>> {
        let value = self.value(key)?;
        let DeValue::Table(entries) = value.get_ref() else {
            self.wrong_type(key, value, &format!("a table like {example}"));
            return None;
        };
        let prefix = format!("{}{key}.", self.prefix);
        let (title, at) = (self.title.clone(), value.span().start);
        Some(Self { reading: self.reading, title, prefix, at, entries, known: &[] })
    }
}
