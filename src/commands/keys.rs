//! `tieout check FEED FILE…`: whether keys of theirs can be keys of ours, by looking at some of both.

use super::{findings::Findings, scratch::Scratch};
use crate::{
    convert::{self, ChunkFolder, Progress, RowSet, Sink},
    database::Connection,
    error::{Code, Error, Result},
    feed::{Column, Feed},
    model::{Chunk, KeySides, OursShape, Reject},
    source,
    sql::Work,
    stop::Flag,
    suggest::keys_apart,
};
use std::path::PathBuf;

/// Rows of either side that are looked at.
const SAMPLE: usize = 20_000;
/// What stands before the columns of a chunk.
const BEFORE: usize = 4;

/// Keys of the first rows of the files, per feed. What is wrong with a file, others tell.
pub fn of_theirs(feeds: &[Feed], paths: &[PathBuf], stop: &Flag) -> Result<Vec<KeySides>> {
    let scratch = Scratch::new()?;
    let mut all = Vec::new();
    let files = source::given(paths, &feeds[0].xml.unpack, stop)?;
    for (n, feed) in feeds.iter().enumerate() {
        let set = RowSet::new(feed.clone(), ChunkFolder::Scratch(scratch.folder(&n.to_string())?));
        let places: Vec<usize> = feed
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| column.is_key())
            .map(|(n, _)| n + BEFORE)
            .collect();
        let mut keys = SampledKeys { sides: KeySides::new(places.len()), places, rows: 0 };
        for (file_no, file) in (1..).zip(&files) {
            if keys.rows >= SAMPLE {
                break;
            }
            let to = vec![set.of_file(file_no, &mut keys)];
            // It ends where enough was seen, and where the file is refused.
            drop(convert::convert_file(file, to, stop, &Progress::default()));
        }
        stop.check()?;
        all.push(keys.sides);
    }
    Ok(all)
}

/// Takes keys out of chunks.
struct SampledKeys {
    sides: KeySides,
    /// Where they stand in a row.
    places: Vec<usize>,
    rows: usize,
}

impl Sink for SampledKeys {
    fn chunk(&mut self, chunk: Chunk) -> Result<()> {
        let unreadable = |cause: csv::Error| Error::internal(format!("a chunk is no CSV: {cause}"));
        let mut reader = csv::Reader::from_path(&chunk.path).map_err(unreadable)?;
        for row in reader.records().take(SAMPLE.saturating_sub(self.rows)) {
            let row = row.map_err(unreadable)?;
            self.sides.add_theirs(self.places.iter().filter_map(|&place| row.get(place)));
            self.rows += 1;
        }
        // Whatever this says, nobody hears it.
        if self.rows < SAMPLE { Ok(()) } else { Err(Error::internal("enough rows were seen")) }
    }
    fn reject(&mut self, _: Reject) -> Result<()> {
        Ok(())
    }
}

/// Tells which of them cannot be found in ours. Where some of ours cannot be read, nothing is known.
pub async fn look(
    connection: &mut Connection,
    feed: &Feed,
    shape: &OursShape,
    mut sides: KeySides,
    found: &mut Findings,
) {
    let work = Work::new(connection.dialect(), feed);
    let Ok(sample) = work.key_sample(&shape.columns, &shape.parameters, SAMPLE + 1) else { return };
    let mut rows = 0;
    let read = connection.each_row(&sample, |row| {
        rows += 1;
        sides.add_ours(row.iter().map(|value| value.as_deref().unwrap_or_default()));
        Ok(())
    });
    if read.await.is_err() || rows == 0 {
        return;
    }
    sides.more |= rows > SAMPLE;
    let (apart, names) = (keys_apart(feed, &shape.columns, &sides), keys(feed));
    for one in &apart {
        if one.certain {
            found.bad(Code::KeysNeverMeet, &one.what);
        } else {
            found.warn(&one.what);
        }
    }
    let met = |(theirs, ours): (&std::collections::BTreeSet<String>, _)| !theirs.is_disjoint(ours);
    if apart.is_empty() && sides.theirs.iter().zip(&sides.ours).all(met) {
        found.good(&format!("keys of theirs are found in ours ({names})"));
    }
}

fn keys(feed: &Feed) -> String {
    let names = feed.columns.iter().filter(|column| Column::is_key(column)).map(|column| column.name.clone());
    names.collect::<Vec<_>>().join(", ")
}
