//! Rows of `tieout_positions`.

use crate::{
    database::{Cells, FromRow},
    error::Result,
    model::{RunId, Standing, checksum},
};

/// What a run noted of one element of a file, as `positions` selects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PositionRow {
    /// Where it stands.
    pub position: Standing,
    /// The file.
    pub file_name: String,
    /// Its digest.
    pub file_sha256: String,
    /// The run.
    pub run_id: RunId,
}

impl FromRow for PositionRow {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        let by = checksum::decode(&cells.text("by_text")?);
        let number = cells.parsed("number_text", "a whole number or empty", whole)?;
        let part = cells.parsed("part", "a whole number or empty", whole)?;
        let day = cells.text("day")?;
        let (first, last) = (flag(cells, "is_first")?, flag(cells, "is_last")?);
        let opening = cells.parsed("opening", "a decimal or empty", decimal)?;
        let closing = cells.parsed("closing", "a decimal or empty", decimal)?;
        let (file_name, file_sha256) = (cells.text("file_name")?, cells.text("file_sha256")?);
        let (ordinal, line) = (cells.number("ordinal")?, cells.number("line")?);
        let run_id = cells.parsed("run_id", "the id of a run", RunId::parse)?;
        let problem = String::new();
        let position =
            Standing { ordinal, line, by, number, part, day, first, last, opening, closing, problem };
        Ok(Self { position, file_name, file_sha256, run_id })
    }
}

fn flag(cells: &mut Cells, column: &str) -> Result<bool> {
    cells.parsed(column, "0 or 1", |text| match text {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    })
}

fn whole(text: &str) -> Option<String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.to_owned())
}

fn decimal(text: &str) -> Option<String> {
    let is = text.is_empty() || text.parse::<bigdecimal::BigDecimal>().is_ok();
    is.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "acme-20260131T070509Z-000042-ab12cd34";

    fn read(change: Option<(usize, &str)>) -> Result<PositionRow> {
        let sound = ["A\u{1f}EUR", "97", "", "2026-03-02", "0", "1", "-1.5", "", "a.xml", "d", "1", "7", RUN];
        let mut row: Vec<Option<String>> = sound.map(|cell| Some(cell.to_owned())).into();
        if let Some((n, cell)) = change {
            row[n] = Some(cell.to_owned());
        }
        PositionRow::from_row(&mut Cells::new("positions", row))
    }

    #[test]
    fn a_sound_row_is_read() {
        let PositionRow { position, file_name, .. } = read(None).unwrap();
        assert_eq!(
            (position.by, &*position.number, position.last),
            (vec!["A".into(), "EUR".into()], "97", true)
        );
        assert_eq!((&*position.opening, &*file_name), ("-1.5", "a.xml"));
    }

    #[test]
    fn what_tieout_did_not_write_is_status_70() {
        for (n, cell) in [(1, "9x"), (4, "2"), (6, "much"), (10, "-1"), (12, "a run")] {
            assert_eq!(read(Some((n, cell))).unwrap_err().status(), 70, "column {n}");
        }
    }
}
