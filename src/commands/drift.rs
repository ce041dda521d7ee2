//! `tieout check FEED FILE…`: the part that reads the files.

use super::findings::Findings;
use crate::{
    convert::{Progress, refuse_empty},
    error::{Error, Result, printable},
    feed::{Feed, Xml},
    infer::counted,
    profile::{
        Profile,
        drift::{Dead, Unmapped, drift},
    },
    source::{self, InputFile},
    stop::Flag,
};
use std::{fmt::Write as _, path::PathBuf};

/// Values that are listed per file.
const MAX_LISTED: usize = 100;

/// Reads every file once and says where it and the feed differ; gives the first refusal.
pub fn files(feeds: &[Feed], paths: &[PathBuf], stop: &Flag, found: &mut Findings) -> Result<Option<Error>> {
    let mut first = None;
    // The row sets share what the feed says of the document.
    let Some(xml) = feeds.first().map(|feed| &feed.xml) else { return Ok(None) };
    for file in source::given(paths, &xml.unpack, stop)? {
        if let Err(refused) = one(feeds, xml, &file, found) {
            found.failure(&refused);
            first.get_or_insert(refused);
        }
    }
    Ok(first)
}

fn one(feeds: &[Feed], xml: &Xml, file: &InputFile, found: &mut Findings) -> Result<()> {
    let mut profile = Profile::default();
    let bytes = profile.read(file.open()?, &file.name, xml, &Progress::default())?;
    file.unchanged(bytes)?;
    let name = printable(&file.name);
    let drift = drift(&profile, feeds);
    for (n, feed) in feeds.iter().enumerate() {
        let rows = drift.rows[n];
        if rows == 0 {
            refuse_empty(&name, feed, None, drift.may_be_empty[n])?;
        }
        let set = feed.set.as_ref().map_or_else(String::new, |set| format!("set {set}, "));
        found.good(&format!("{name}: {set}{}", counted(rows, "row element")));
    }
    for Dead { label, path, spare } in &drift.dead {
        let text = format!("{name}: {label}: {path} matched nothing in the whole file");
        if *spare { found.spare(&text) } else { found.warn(&text) }
    }
    for one in drift.unmapped.iter().take(MAX_LISTED) {
        found.unmapped(&format!("{name}: {}", describe(one)));
    }
    if drift.unmapped.len() > MAX_LISTED {
        found.unmapped(&format!("{name}: and {} more", drift.unmapped.len() - MAX_LISTED));
    }
    if profile.incomplete {
        found.warn(&format!(
            "{name}: holds more different names than are told apart: the list is not complete"
        ));
    }
    Ok(())
}

fn describe(one: &Unmapped) -> String {
    let mut text = format!("{}: {}", printable(&one.path), counted(one.count, "time"));
    // Writing to a String cannot fail, here and below.
    if let Some(sample) = &one.sample {
        let _ = write!(text, ", like \"{}\"", printable(sample));
    }
    if one.below > 0 {
        let _ = write!(text, ", with {} different values below it", one.below);
    }
    text
}
