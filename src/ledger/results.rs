//! Rows of `tieout_results` and `tieout_rejects`.

use super::breaks::time;
use crate::{
    calendar::iso_date,
    database::{Cells, FromRow},
    error::{Code, Error, Result},
    model::{Acceptance, Life, OpenBreak, Outcome, Reject, ResultRow, Side, checksum, is_break_id},
};

/// A result as `read_results` and `read_results_of` select it, of a run whose feed has `width` columns.
///
/// # Errors
/// `Internal` where the row is not what tieout writes; `Database` where the server cut a row.
pub fn result_row(cells: &mut Cells, width: usize) -> Result<ResultRow> {
    let outcome = cells.parsed("outcome", "an outcome", Outcome::parse)?;
    let differing = cells.text("differing")?;
    let key_text = cells.text("row_key")?;
    let (theirs, ours) = (cells.optional("theirs")?, cells.optional("ours")?);
    let (checksum_theirs, checksum_ours) =
        (cells.optional("checksum_theirs")?, cells.optional("checksum_ours")?);
    Ok(ResultRow {
        outcome,
        differing: differing.split(';').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        key: checksum::decode(&key_text),
        key_text,
        place: place(cells, theirs.is_some())?,
        theirs: side(theirs, checksum_theirs, width)?,
        ours: side(ours, checksum_ours, width)?,
        seq: cells.number("seq")?,
        break_id: id(cells)?,
        fingerprint: cells.optional("fingerprint")?,
        open: open_break(cells)?,
    })
}

/// The id of a break, where the row has one.
fn id(cells: &mut Cells) -> Result<Option<String>> {
    match cells.optional("break_id")? {
        Some(id) if !is_break_id(&id) => Err(cells.contradicts("break_id", &id, "the id of a break")),
        id => Ok(id),
    }
}

/// What became of a break over runs, where that is decided.
fn open_break(cells: &mut Cells) -> Result<Option<OpenBreak>> {
    let Some(word) = cells.optional("life")? else {
        for column in
            ["first_seen", "runs_open", "accepted_until", "accepted_owner", "accepted_reason", "timing_until"]
        {
            cells.optional(column)?;
        }
        return Ok(None);
    };
    let life =
        Life::parse(&word).ok_or_else(|| cells.contradicts("life", &word, "what becomes of a break"))?;
    let first_seen = time(cells, "first_seen")?;
    let runs_open = cells.number("runs_open")?;
    let [until, owner, reason] = [
        cells.optional("accepted_until")?,
        cells.optional("accepted_owner")?,
        cells.optional("accepted_reason")?,
    ];
    let accepted = until.map(|until| Acceptance {
        until,
        owner: owner.unwrap_or_default(),
        reason: reason.unwrap_or_default(),
    });
    let timing_until = match cells.optional("timing_until")? {
        Some(day) if iso_date(&day).is_none() => {
            return Err(cells.contradicts("timing_until", &day, "a day"));
        }
        day => day,
    };
    Ok(Some(OpenBreak { life, first_seen, runs_open, accepted, timing_until }))
}

/// File number, record and line, which a row of theirs has.
fn place(cells: &mut Cells, has_theirs: bool) -> Result<Option<(u32, u64, u64)>> {
    if has_theirs {
        return Ok(Some((cells.number("file_no")?, cells.number("record")?, cells.number("line")?)));
    }
    for column in ["file_no", "record", "line"] {
        cells.optional(column)?;
    }
    Ok(None)
}

fn side(row: Option<String>, checksum: Option<String>, width: usize) -> Result<Option<Side>> {
    let Some(row) = row else { return Ok(None) };
    if row == checksum::OVERSIZE {
        return Err(Error::new(
            Code::RowTooLong,
            "a row of ours is longer than the server's max_allowed_packet",
        )
        .with_hint("raise max_allowed_packet on the server, or select fewer columns; nothing was exported"));
    }
    let fields = checksum::decode(&row);
    if fields.len() > width {
        return Err(Error::new(
            Code::SeparatorInOurs,
            "a value of ours holds the control character U+001F, which no XML can hold",
        ));
    }
    if fields.len() != width {
        return Err(Error::check(
            Code::Unreadable,
            format!("a result has {} fields instead of {width}", fields.len()),
        ));
    }
    // SQLite cannot compute ours and leaves it NULL until the program has.
    Ok(Some(Side { fields, checksum: checksum.unwrap_or_default() }))
}

/// A reject as `read_rejects` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectRow {
    /// Its file, from 1.
    pub file_no: u32,
    /// The reject.
    pub reject: Reject,
}

impl FromRow for RejectRow {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let file_no = cells.number("file_no")?;
        let reject = Reject {
            record: cells.number("record")?,
            line: cells.number("line")?,
            byte: cells.number("byte")?,
            column: cells.text("column_name")?,
            value: cells.text("value")?,
            reason: cells.text("reason")?,
        };
        Ok(Self { file_no, reject })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mismatch of two columns, and one cell of it exchanged.
    fn read(change: Option<(usize, Option<&str>)>) -> Result<ResultRow> {
        let sound = [
            Some("mismatched"),
            Some("amount;"),
            Some("A1"),
            Some("A1\u{1f}7"),
            Some("A1\u{1f}8"),
            Some("c1"),
            Some("c2"),
            Some("1"),
            Some("17"),
            Some("42"),
            Some("3"),
            Some("0123456789abcdef0123456789abcdef"),
            Some("f1"),
            Some("changed"),
            Some("2026-01-31T07:05:09Z"),
            Some("2"),
            Some("2026-02-28"),
            Some("jo"),
            Some("known"),
            None,
        ];
        let mut row: Vec<Option<String>> = sound.map(|cell| cell.map(str::to_owned)).into();
        if let Some((n, cell)) = change {
            row[n] = cell.map(str::to_owned);
        }
        result_row(&mut Cells::new("read_results", row), 2)
    }

    #[test]
    fn a_sound_result_is_read() {
        let row = read(None).unwrap();
        assert_eq!((row.outcome, row.place, row.seq), (Outcome::Mismatched, Some((1, 17, 42)), 3));
        assert_eq!(row.differing, ["amount"]);
        let open = row.open.unwrap();
        assert_eq!((open.life, open.runs_open), (Life::Changed, 2));
        assert_eq!(open.accepted.unwrap().until, "2026-02-28");
    }

    #[test]
    fn a_result_that_cannot_be_read_is_an_error_that_names_its_column() {
        for (n, cell, column) in [
            (0, Some("lost"), "outcome"),
            (1, None, "differing"),
            (2, None, "row_key"),
            (7, None, "file_no"),
            (7, Some("4294967296"), "file_no"),
            (8, Some("x"), "record"),
            (9, Some("-1"), "line"),
            (10, None, "seq"),
            (11, Some("7"), "break_id"),
            (13, Some("old"), "life"),
            (14, Some("today"), "first_seen"),
            (15, Some("x"), "runs_open"),
            (19, Some("soon"), "timing_until"),
        ] {
            let cause = read(Some((n, cell))).unwrap_err();
            assert_eq!(cause.status(), 70, "{cause}");
            let expected = format!("statement `read_results` cannot be read: {column} ");
            assert!(cause.to_string().contains(&expected), "{cause}");
        }
    }

    #[test]
    fn a_row_with_a_separator_too_many_or_cut_by_the_server_is_the_databases_fault() {
        for row in ["A1\u{1f}8\u{1f}9", checksum::OVERSIZE] {
            assert_eq!(read(Some((4, Some(row)))).unwrap_err().status(), 4);
        }
    }
}
