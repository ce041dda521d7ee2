//! A file without rows: is that what its sender has to say, or is something missing?

use crate::{
    error::{Code, Error, Result},
    feed::{Feed, path::RowPath},
};

/// Refuses a file that gives no row, unless `allow_empty` says that it may. `filtered`: how many records it held that
/// are none, and why. `holds_what_it_must`: an element that `allow_empty` names stood there.
///
/// # Errors
/// `Refused`.
pub fn refuse(name: &str, feed: &Feed, filtered: Option<&str>, holds_what_it_must: bool) -> Result<()> {
    let document = &feed.xml;
    if !document.allow_empty {
        return Err(if let Some(filtered) = filtered {
            Error::new(Code::AllFiltered, format!("{name}: every record is filtered ({filtered})"))
        } else {
            let rows = joined(&document.row, ", ");
            Error::new(Code::NoRow, format!("{name}: holds no row ({rows})"))
        });
    }
    if document.empty_with.is_empty() || holds_what_it_must {
        return Ok(());
    }
    let with = joined(&document.empty_with, ", no ");
    let rows = filtered.map_or_else(
        || "holds no row and".to_owned(),
        |filtered| format!("every record is filtered ({filtered}), and there is"),
    );
    let what = format!("{name}: {rows} no {with}: it is another kind of file, or incomplete");
    Err(Error::new(Code::AnotherKindOfFile, what))
}

fn joined(paths: &[RowPath], separator: &str) -> String {
    paths.iter().map(|path| path.text.as_str()).collect::<Vec<_>>().join(separator)
}
