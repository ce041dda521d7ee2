//! `accepted.csv`: the file of breaks that are known, beside the feed.

use crate::{
    error::{Code, Error, Place, Result, excerpt},
    feed::Feed,
    ledger::AcceptedBreak,
    model::{Acceptance, is_break_id},
};
use std::{collections::BTreeSet, fs, path::Path};

/// The columns that it must have, in any order; `owner` may be absent.
const COLUMNS: [&str; 4] = ["break_id", "reason", "until", "owner"];

/// What the file of a feed says; nothing where the feed names none.
///
/// # Errors
/// `Usage` where there is no such file, or with the line that cannot be meant.
pub fn of_feed(feed: &Feed) -> Result<Vec<AcceptedBreak>> {
    let Some(path) = &feed.results.accepted else { return Ok(Vec::new()) };
    let bytes = fs::read(path)
        .map_err(|cause| refused(path, None, &format!("it cannot be read: {cause}")).because(cause))?;
    read(path, &bytes)
}

fn refused(path: &Path, line: Option<u64>, what: &str) -> Error {
    let place = Place { line, ..Place::file(&path.display().to_string()) };
    Error::new(Code::AcceptedFile, format!("{place}: {what}")).about(place)
}

fn read(path: &Path, bytes: &[u8]) -> Result<Vec<AcceptedBreak>> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut header: Option<Vec<String>> = None;
    let (mut all, mut ids) = (Vec::new(), BTreeSet::new());
    for record in reader.records() {
        let record = record.map_err(|cause| {
            let line = cause.position().map(csv::Position::line);
            refused(path, line, "this is no CSV in UTF-8").because(cause)
        })?;
        let line = record.position().map(|at| line_of(bytes, at));
        let refused = |what: &str| Err(refused(path, line, what));
        let Some(names) = &header else {
            let names: Vec<String> = record.iter().map(|name| name.trim().to_owned()).collect();
            for name in &names {
                if !COLUMNS.contains(&name.as_str()) || names.iter().filter(|one| *one == name).count() > 1 {
                    return refused(&format!(
                        "the first line names {}; its columns are {}",
                        excerpt(name),
                        COLUMNS.join(", ")
                    ));
                }
            }
            if let Some(missing) = COLUMNS[..3].iter().find(|name| !names.iter().any(|one| one == *name)) {
                return refused(&format!("the first line lacks the column {missing}"));
            }
            header = Some(names);
            continue;
        };
        if record.len() != names.len() {
            return refused(&format!(
                "{} values stand here, and {} columns above",
                record.len(),
                names.len()
            ));
        }
        let value = |column: &str| {
            let n = names.iter().position(|name| name == column);
            n.and_then(|n| record.get(n)).unwrap_or_default().trim().to_owned()
        };
        let break_id = value("break_id");
        if !is_break_id(&break_id) {
            return refused(&format!(
                "{} is no break_id: 32 hex digits, as in breaks.csv",
                excerpt(&break_id)
            ));
        }
        if !ids.insert(break_id.clone()) {
            return refused(&format!("{break_id} stands here twice"));
        }
        let acceptance = Acceptance { until: value("until"), owner: value("owner"), reason: value("reason") };
        if acceptance.reason.is_empty() {
            return refused("there is no reason");
        }
        if !is_day(&acceptance.until) {
            return refused(&format!("{} is no date; write it like 2026-01-31", excerpt(&acceptance.until)));
        }
        all.push(AcceptedBreak { break_id, acceptance });
    }
    if header.is_none() {
        return Err(refused(path, None, &format!("it is empty; its first line is {}", COLUMNS.join(","))));
    }
    Ok(all)
}

/// The line of a record that is read from here on: empty lines before it are counted too.
fn line_of(bytes: &[u8], from: &csv::Position) -> u64 {
    let rest = usize::try_from(from.byte()).ok().and_then(|from| bytes.get(from..)).unwrap_or_default();
    let empty = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n');
    from.line() + empty.count() as u64
}

/// Whether a text is an ISO date, which sorts as a text.
pub fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok_and(|date| date.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef";

    fn read(text: &str) -> Result<Vec<AcceptedBreak>> {
        super::read(Path::new("accepted.csv"), text.as_bytes())
    }

    #[test]
    fn a_file_is_read_whatever_the_order_of_its_columns() {
        let all =
            read(&format!("\u{feff}until,break_id,reason\r\n2026-01-31,{ID},\"known, booked twice\"\r\n"))
                .unwrap();
        assert_eq!(all[0].break_id, ID);
        assert_eq!(all[0].acceptance.reason, "known, booked twice");
        assert!(read("break_id,reason,until,owner\n").unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_meant_is_told_with_its_line() {
        for (text, says) in [
            (String::new(), "it is empty"),
            ("break_id,reason\n".into(), "line 1: the first line lacks the column until"),
            ("break_id,reason,until,who\n".into(), "line 1: the first line names who"),
            (format!("break_id,reason,until\n{ID},x\n"), "line 2: 2 values stand here, and 3 columns above"),
            (format!("break_id,reason,until\n\n{ID},x,2026-02-30\n"), "line 3: 2026-02-30 is no date"),
            (format!("break_id,reason,until\n{ID},,2026-02-28\n"), "line 2: there is no reason"),
            ("break_id,reason,until\nabc,x,2026-02-28\n".into(), "line 2: abc is no break_id"),
            (
                format!("break_id,reason,until\n{ID},x,2026-02-28\n{ID},x,2026-02-28\n"),
                "line 3: 0123456789abcdef0123456789abcdef stands here twice",
            ),
        ] {
            let cause = read(&text).unwrap_err();
            assert_eq!(cause.status(), 2);
            assert!(cause.to_string().contains(says), "{cause}");
        }
    }
}
