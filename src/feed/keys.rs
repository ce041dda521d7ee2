//! Every key that a feed file may have, by table, for the reference in `docs/` to be held against.
//!
//! It lists the very constants that the readers refuse unknown keys by, so it cannot say another thing than they do.

use super::{
    after, column, control, fail_on, ours, retraction, settings, sign, source, succession, suggestions,
    timing,
};

/// Each table's title as a feed writes it (`[xml]`, `[[column]]`), or a table that is a value
/// (`sign`), and the keys that its reader accepts, in the order in which the reader lists them.
///
/// `[[set]]` holds tables too: `column`, `ours`, `control`, `sequence`, `continuity`, `suggestions` and `timing`, whose keys are those of
/// the same table outside of it. Keys that the user chooses (`[ours.columns]`, `map`) are in no list.
#[must_use]
pub fn keys() -> Vec<(&'static str, &'static [&'static str])> {
    vec![
        ("[feed]", settings::FEED),
        ("[database]", settings::DATABASE),
        ("[source]", source::SOURCE),
        ("[xml]", settings::XML),
        ("[[xml.retraction]]", retraction::RETRACTION),
        ("[[set]]", settings::SET),
        ("[[column]]", column::COLUMN),
        ("[ours]", ours::OURS),
        ("[[control]]", control::CONTROL),
        ("[[sequence]]", succession::SEQUENCE),
        ("[[continuity]]", succession::CONTINUITY),
        ("[suggestions]", suggestions::SUGGESTIONS),
        ("[timing]", timing::TIMING),
        ("[fail_on]", fail_on::FAIL_ON),
        ("[results]", settings::RESULTS),
        ("[after]", after::AFTER),
        ("sign", sign::SIGN),
        ("lookup", column::LOOKUP),
        ("scale_by", column::SCALE_BY),
        ("amount", fail_on::AMOUNT),
    ]
}

#[cfg(test)]
mod tests {
    use super::{super::load, keys};
    use std::collections::BTreeSet;

    #[test]
    fn every_table_of_a_feed_is_listed() {
        let titles = keys()
            .into_iter()
            .map(|(title, _)| title)
            .filter(|title| title.starts_with('[') && !title.contains('.'));
        let listed: BTreeSet<&str> = titles.map(|title| title.trim_matches(['[', ']'])).collect();
        assert_eq!(listed, load::TABLES.into_iter().collect());
    }
}
