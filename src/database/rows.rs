//! Rows as the structs that they mean. Every value arrives as text or NULL; what is not what its column must hold is an
//! error that names statement and column, never a default: a count that cannot be read proves nothing.

use super::connection::{Connection, TextRow};
use crate::{
    error::{Code, Error, Result, excerpt},
    sql::Statement,
};
use std::{str::FromStr, vec};

/// One row of a statement's answer, taken cell by cell from left to right.
pub struct Cells {
    statement: &'static str,
    rest: vec::IntoIter<Option<String>>,
    /// Which row it is, for messages; empty where nobody counted.
    row: String,
}

/// A struct that one row makes.
pub trait FromRow: Sized {
    /// Takes the row's cells in the order in which the statement selects them.
    ///
    /// # Errors
    /// `Internal` where a cell is missing or is not what its column must hold.
    fn from_row(cells: &mut Cells) -> Result<Self>;
}

impl Cells {
    /// A row of the statement with this name.
    #[must_use]
    pub fn new(statement: &'static str, row: TextRow) -> Self {
        Self { statement, rest: row.into_iter(), row: String::new() }
    }

    /// Says which row it is, like "the row of run r1", so that a person can find it.
    pub fn is(&mut self, row: String) {
        self.row = row;
    }

    /// A cell that was read, and contradicts another one.
    #[must_use]
    pub fn contradicts(&self, column: &str, found: &str, what: &str) -> Error {
        self.unreadable(column, &format!("holds {}, which is not {what}", excerpt(found)))
    }

    /// A text or NULL.
    ///
    /// # Errors
    /// `Internal`, here and below; here where the row is too short.
    pub fn optional(&mut self, column: &str) -> Result<Option<String>> {
        self.rest.next().ok_or_else(|| self.unreadable(column, "is not there"))
    }

    /// A text.
    ///
    /// # Errors
    /// Where it is NULL.
    pub fn text(&mut self, column: &str) -> Result<String> {
        self.optional(column)?.ok_or_else(|| self.unreadable(column, "is NULL"))
    }

    /// What `parse` makes of a text; `None` where it is not `wanted`, which reads like "a number".
    ///
    /// # Errors
    /// Where it is NULL or not `wanted`.
    pub fn parsed<T>(
        &mut self,
        column: &str,
        wanted: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T> {
        let text = self.text(column)?;
        parse(&text).ok_or_else(|| self.contradicts(column, &text, wanted))
    }

    /// A whole number.
    ///
    /// # Errors
    /// Where it is NULL, not a number, or too large for its type.
    pub fn number<N: FromStr>(&mut self, column: &str) -> Result<N> {
        self.parsed(column, "a whole number", |text| text.parse().ok())
    }

    /// A sum of whole numbers, which some servers print with a fraction of zeros.
    ///
    /// # Errors
    /// Where it is NULL, not a number, or too large for its type.
    pub fn sum<N: FromStr>(&mut self, column: &str) -> Result<N> {
        self.parsed(column, "a whole number", |text| {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
            let zeros = fraction.bytes().all(|digit| digit == b'0');
            whole.parse().ok().filter(|_| zeros)
        })
    }

    fn row(&self) -> String {
        if self.row.is_empty() { String::new() } else { format!(", in {}", self.row) }
    }

    fn unreadable(&self, column: &str, why: &str) -> Error {
        Error::check(
            Code::Unreadable,
            format!(
                "the answer of statement `{}` cannot be read: {column} {why}{}",
                self.statement,
                self.row()
            ),
        )
    }
}

impl FromRow for String {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        cells.text("the value")
    }
}

impl FromRow for i64 {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        cells.number("the value")
    }
}

impl FromRow for u64 {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        cells.number("the value")
    }
}

/// A setting of the server, as `server_settings` selects it.
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value, where it has one.
    pub value: Option<String>,
}

impl FromRow for Setting {
    fn from_row(cells: &mut Cells) -> Result<Self> {
        Ok(Self { name: cells.text("name")?, value: cells.optional("value")? })
    }
}

impl Connection {
    /// All rows of a query.
    ///
    /// # Errors
    /// As `execute`; `Internal` where a row cannot be read.
    pub async fn read<T: FromRow>(&mut self, statement: &Statement) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.read_each(statement, |cells| {
            rows.push(T::from_row(cells)?);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// The first row of a query, where there is one.
    pub async fn read_first<T: FromRow>(&mut self, statement: &Statement) -> Result<Option<T>> {
        Ok(self.read(statement).await?.into_iter().next())
    }

    /// Streams the rows of a query through `take`, in constant memory.
    ///
    /// # Errors
    /// As `execute`, and what `take` fails with.
    pub async fn read_each(
        &mut self,
        statement: &Statement,
        mut take: impl FnMut(&mut Cells) -> Result<()>,
    ) -> Result<()> {
        let name = statement.name;
        let mut n: u64 = 0;
        self.each_row(statement, |row| {
            let mut cells = Cells::new(name, row);
            n += 1;
            cells.is(format!("row {n} of the answer"));
            take(&mut cells)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(row: &[Option<&str>]) -> Cells {
        Cells::new("count_join", row.iter().map(|cell| cell.map(str::to_owned)).collect())
    }

    #[test]
    fn what_is_not_a_number_is_no_zero() {
        for (cell, why) in [
            (None, "rows is NULL"),
            (Some(""), "rows holds , which is not a whole number"),
            (Some("-1"), "rows holds -1, which is not a whole number"),
            (Some("1e3"), "rows holds 1e3, which is not a whole number"),
            (Some("18446744073709551616"), "rows holds 18446744073709551616, which is not a whole number"),
        ] {
            let cause = cells(&[cell]).number::<u64>("rows").unwrap_err();
            assert_eq!(cause.status(), 70);
            let expected = format!("the answer of statement `count_join` cannot be read: {why}");
            assert!(cause.to_string().ends_with(&expected), "{cause}");
        }
        assert!(cells(&[]).number::<u64>("line").is_err());
    }

    #[test]
    fn a_sum_may_have_a_fraction_of_zeros_and_no_other() {
        assert_eq!(cells(&[Some("12")]).sum::<u128>("ids").unwrap(), 12);
        assert_eq!(cells(&[Some("12.000")]).sum::<u128>("ids").unwrap(), 12);
        for other in ["12.5", "1.2e3", ".", "", "NaN", "12.0.0"] {
            assert!(cells(&[Some(other)]).sum::<u128>("ids").is_err(), "{other}");
        }
    }
}
