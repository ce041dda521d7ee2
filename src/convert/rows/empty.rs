//! A file without rows: is that what its sender has to say, or is something missing?

use crate::{
    error::{Error, Result},
    feed::{Feed, path::RowPath},
};

/// Refuses a file that held no row, unless `allow_empty` says that it may. `holds_what_it_must`: an element that
/// `allow_empty` names stood there.
///
/// # Errors
/// `Refused`.
pub fn refuse(name: &str, feed: &Feed, holds_what_it_must: bool) -> Result<()> {
    let document = &feed.xml;
    if !document.allow_empty {
        return Err(Error::refused(
            format!("{name}: holds no row ({})", joined(&document.row, ", ")),
            "check row under [xml]; if files without rows are right, set allow_empty = true there",
        ));
    }
    if document.empty_with.is_empty() || holds_what_it_must {
        return Ok(());
    }
    let with = joined(&document.empty_with, ", no ");
    Err(Error::refused(
        format!("{name}: holds no row and no {with}: it is another kind of file, or incomplete"),
        "check that this is the right file, and that the feed is made for this kind of file",
    ))
}

fn joined(paths: &[RowPath], separator: &str) -> String {
    paths.iter().map(|path| path.text.as_str()).collect::<Vec<_>>().join(separator)
}
