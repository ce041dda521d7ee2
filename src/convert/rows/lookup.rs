//! Look-ups: `id` and `href`, `contextRef`, footnotes. A first pass over the document collects every entry,
//! so it does not matter whether entries stand before or after the rows that name them.

use super::{
    bad::NoValue,
    buffers::Buffers,
    element::EndedRow,
    entries::Entries,
    values::{SET_REPEAT, ValueReader},
};
use crate::{
    convert::{cost::Cost, location::Location, paths::CompiledFeed},
    error::{Code, Result},
    feed::{Column, Feed, Lookup, ValueFrom},
};

/// Reads the entries of one look-up.
#[derive(Debug)]
pub(in crate::convert) struct EntryReader {
    pub(super) entries: Entries,
    buffers: Buffers,
    /// Bytes that one value may have.
    limit: usize,
}

impl EntryReader {
    /// `limit`: bytes that one value may have.
    pub fn new(cost: &Cost, limit: usize) -> Self {
        Self { entries: Entries::new(cost), buffers: Buffers::default(), limit }
    }

    /// An entry has ended: remembers its value under its id.
    pub(super) fn element(
        &mut self,
        compiled: &CompiledFeed<'_>,
        mut ended: EndedRow<'_>,
        place: Location<'_>,
    ) -> Result<()> {
        let limit = self.limit;
        let mut texts = [Vec::new(), Vec::new()];
        for (column, text) in compiled.columns.iter().zip(&mut texts) {
            let mut reader = ValueReader::of_row(compiled, &mut ended, None, (&mut self.buffers, &[], limit));
            let name = &column.column.name;
            reader.read(column, None, &mut false, text).map_err(|none| match none {
                NoValue::Bad(bad) => {
                    let (reason, advice) = match bad.reason.strip_suffix(SET_REPEAT) {
                        Some(reason) if name == "value" => {
                            (reason, ": set repeat of the lookup to first, last or join")
                        }
                        Some(reason) => (reason, ""),
                        None => (&*bad.reason, ""),
                    };
                    place.refused(Code::BadLookup, format!("{name} of a look-up {reason}{advice}"))
                }
                NoValue::TooLong => {
                    place.exceeded("max_text", format!("{name} of a look-up is longer than {limit} bytes"))
                }
            })?;
        }
        // Canonical text is UTF-8.
        let [id, value] = texts.map(|text| String::from_utf8(text).unwrap_or_default());
        self.buffers.shrink();
        self.entries.add(id, value, place)
    }
}

/// A feed whose rows are the entries: their ids and values.
pub(in crate::convert) fn entries_feed(feed: &Feed, lookup: &Lookup) -> Feed {
    let column = |name: &str, paths: &[_]| Column::text(name, ValueFrom::Paths(paths.to_vec()));
    let id = column("id", std::slice::from_ref(&lookup.id));
    let mut value = column("value", &lookup.values);
    value.text.trim = lookup.trims;
    value.source.repeat = lookup.repeat.clone();
    let mut entries =
        Feed { columns: vec![id, value], controls: Vec::new(), successions: Vec::new(), ..feed.clone() };
    entries.xml.row = vec![lookup.within.clone()];
    entries.xml.explode = None;
    entries.xml.skip.clear();
    entries.xml.filter = None;
    entries.xml.retractions.clear();
    entries
}
