//! A file without rows: is that what its sender has to say, or is something missing?

use crate::{
    error::{Code, Error, Result},
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
        return Err(Error::new(
            Code::NoRow,
            format!("{name}: holds no row ({})", joined(&document.row, ", ")),
        ));
    }
    if document.empty_with.is_empty() || holds_what_it_must {
        return Ok(());
    }
    let with = joined(&document.empty_with, ", no ");
    Err(Error::new(
        Code::AnotherKindOfFile,
        format!("{name}: holds no row and no {with}: it is another kind of file, or incomplete"),
    ))
}

fn joined(paths: &[RowPath], separator: &str) -> String {
    paths.iter().map(|path| path.text.as_str()).collect::<Vec<_>>().join(separator)
}
