//! What must hold of every recorded row by itself: its checksums are those of its values.

use crate::{
    error::{Code, Error, Result, printable},
    feed::Feed,
    model::{ResultRow, checksum},
};

/// Computes a row's checksums once more. Gives that of ours where the server, not being able to (`has_sha256`), left it
/// to the program.
///
/// # Errors
/// `Internal` where a checksum is not that of the values, or two different sides have the same one.
pub fn checksums(feed: &Feed, row: &ResultRow, has_sha256: bool) -> Result<Option<String>> {
    audit(feed, row)?;
    let exact = |fields: &[String]| {
        let columns = feed.columns.iter().zip(fields).filter(|(c, _)| c.exact());
        checksum::sha256_hex(checksum::encode(columns.map(|(_, text)| text.as_str())).as_bytes())
    };
    let mut filled = None;
    for (side, name) in [(&row.theirs, "theirs"), (&row.ours, "ours")] {
        let Some(side) = side else { continue };
        let computed = exact(&side.fields);
        if side.checksum.is_empty() && !has_sha256 && name == "ours" {
            filled = Some(computed);
        } else if side.checksum != computed {
            return Err(Error::check(
                Code::ChecksumFailed,
                format!(
                    "{name} of {} has the checksum {}, but its values give {computed}",
                    subject(row),
                    side.checksum
                ),
            ));
        }
    }
    Ok(filled)
}

/// Equal checksums over different values: what the audit looks for.
fn audit(feed: &Feed, row: &ResultRow) -> Result<()> {
    let (Some(theirs), Some(ours)) = (&row.theirs, &row.ours) else { return Ok(()) };
    let columns = feed.columns.iter().enumerate().filter(|(_, column)| column.exact());
    let differing: Vec<&str> = columns
        .filter(|(n, _)| theirs.fields[*n] != ours.fields[*n])
        .map(|(_, column)| column.name.as_str())
        .collect();
    if differing.is_empty() || theirs.checksum != ours.checksum {
        return Ok(());
    }
    Err(Error::check(
        Code::ChecksumFailed,
        format!(
            "both sides of {} have the checksum {}, but differ in {}: no checksum of this run can be trusted",
            subject(row),
            theirs.checksum,
            differing.join(", ")
        ),
    ))
}

/// Which row it is, for messages.
fn subject(row: &ResultRow) -> String {
    let key = printable(&row.key.join(" | "));
    match row.place {
        Some((file, record, line)) => format!("key {key} (file {file}, record {record}, line {line})"),
        None => format!("key {key} (ours alone)"),
    }
}
