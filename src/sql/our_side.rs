//! Expressions over the row of ours inside the join: its canonical text, its encoding, its checksum.

use super::{
    Audit, Dialect,
    canonical::canonical,
    encode,
    work::{Work, total_columns},
};
use crate::{
    error::{Error, Result},
    feed::Column,
    model::{OurColumn, checksum::OVERSIZE},
};

/// Expressions over the row of ours inside the join.
pub struct OurSide<'a> {
    pub work: &'a Work<'a>,
    pub types: &'a [(usize, OurColumn)],
    pub audit: Audit,
}

impl OurSide<'_> {
    /// The canonical text of column `n`; ours lacks carried columns that were not asked for.
    fn text(&self, n: usize) -> Result<String> {
        let column = &self.work.feed.columns[n];
        let name = self.work.dialect.quote(&column.name);
        match self.types.iter().find(|(asked, _)| *asked == n) {
            Some((_, ours)) => {
                let text = canonical(self.work.dialect, &column.kind, ours.family, &format!("ours.{name}"));
                // Under a collation of ours a letter may be ignored, and so may the separator: the row could not be split.
                let bytes = if self.work.dialect == Dialect::Postgres { " COLLATE \"C\"" } else { "" };
                Ok(text + bytes)
            }
            None if column.compared() => Err(Error::internal(format!("no type is known for column {name}"))),
            None => Ok("''".into()),
        }
    }

    /// The same, where an outer level already computed it.
    fn computed(&self, n: usize) -> Result<String> {
        let name = self.work.dialect.quote(&self.work.feed.columns[n].name);
        match self.work.dialect {
            Dialect::Postgres | Dialect::Sqlite => Ok(format!("o.{name}")),
            _ => self.text(n),
        }
    }

    fn encoded(&self, which: impl Fn(&Column) -> bool) -> Result<String> {
        let d = self.work.dialect;
        let fields = (self.work.feed.columns.iter().enumerate())
            .filter(|(_, c)| which(c))
            .map(|(n, _)| self.text(n))
            .collect::<Result<Vec<_>>>()?;
        Ok(encode::join(d, &fields))
    }

    pub fn row(&self) -> Result<String> {
        let row = self.encoded(|_| true)?;
        // A result over max_allowed_packet is NULL, which here would mean "equal".
        Ok(if self.work.dialect.mysql_family() { format!("COALESCE({row}, '{OVERSIZE}')") } else { row })
    }

    fn all_exact(&self) -> bool {
        self.work.feed.columns.iter().all(Column::exact)
    }

    pub fn exact_row(&self) -> Result<String> {
        match self.work.dialect {
            Dialect::Postgres if self.all_exact() => Ok("c.tieout_row".into()),
            Dialect::Postgres => Ok("c.tieout_exact".into()),
            _ => self.encoded(Column::exact),
        }
    }

    pub fn exact_column(&self) -> Result<String> {
        if self.work.dialect != Dialect::Postgres || self.all_exact() {
            return Ok(String::new());
        }
        Ok(format!(",\n               {} AS tieout_exact", self.encoded(Column::exact)?))
    }

    /// Columns that the outer level needs by themselves: all on SQLite; keys, and what is compared
    /// outside the checksum or added up, on Postgres.
    pub fn canonical_columns(&self) -> Result<String> {
        let d = self.work.dialect;
        let totals: Vec<usize> = self.work.totals().into_iter().flat_map(|(n, by)| [n, by]).collect();
        let columns = (self.work.feed.columns.iter().enumerate())
            .filter(|(n, c)| d == Dialect::Sqlite || c.is_key() || !c.exact() || totals.contains(n))
            .map(|(n, c)| Ok(format!("{} AS {}", self.text(n)?, d.quote(&c.name))))
            .collect::<Result<Vec<_>>>()?;
        Ok(columns.join(",\n               "))
    }

    pub fn on(&self) -> Result<String> {
        let d = self.work.dialect;
        let keys = (self.work.feed.columns.iter().enumerate())
            .filter(|(_, c)| c.is_key())
            .map(|(n, c)| {
                let ours = self.computed(n)?;
                Ok(match d {
                    Dialect::Sqlite => format!("s.{} = {ours}", d.quote(&c.name)),
                    _ => format!("s.{} = {ours} COLLATE {}", d.quote(&c.name), d.collation()),
                })
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(keys.join(" AND "))
    }

    /// Equal in everything that is compared and in what ours carries along: by the checksum, and of the audit's
    /// sample by value too. A pair whose checksum lies is then not the same, so it is recorded and read back.
    pub fn same(&self) -> Result<String> {
        let d = self.work.dialect;
        let mut conditions = Vec::new();
        match d {
            Dialect::Postgres => conditions.push("s.tieout_checksum = o.tieout_checksum".to_owned()),
            Dialect::MySql | Dialect::MariaDb => {
                conditions.push(format!("s.tieout_checksum = {}", encode::sha256(d, &self.exact_row()?)));
            }
            Dialect::Sqlite => {}
        }
        for (n, column) in self.work.feed.columns.iter().enumerate() {
            let asked = self.types.iter().any(|(asked, _)| *asked == n);
            if asked && (d == Dialect::Sqlite || !column.exact()) {
                let collate =
                    if d == Dialect::Sqlite { String::new() } else { format!(" COLLATE {}", d.collation()) };
                conditions.push(format!("s.{} = {}{collate}", d.quote(&column.name), self.computed(n)?));
            }
        }
        conditions.extend(self.audited()?);
        Ok(conditions.join(" AND "))
    }

    /// Not in the sample, or the texts under the checksum are equal byte for byte. SQLite has compared them all.
    fn audited(&self) -> Result<Option<String>> {
        let d = self.work.dialect;
        if d == Dialect::Sqlite || self.audit == Audit::Off {
            return Ok(None);
        }
        let ours = match d {
            Dialect::Postgres if self.all_exact() => "o.tieout_row".into(),
            // Taken out of the row of few pairs, instead of being carried through the join by all.
            Dialect::Postgres => self.work.our_fields("o.tieout_row", Column::exact),
            _ => self.exact_row()?,
        };
        let theirs = self.work.their_fields(Column::exact);
        let equal = format!("{theirs} = ({ours}) COLLATE {}", d.collation());
        Ok(Some(match self.audit {
            Audit::All => equal,
            _ => format!("(NOT ({}) OR {equal})", self.audit.sampled(d, "s.tieout_id")),
        }))
    }

    pub fn payload(&self) -> String {
        let d = self.work.dialect;
        let names: Vec<String> =
            self.work.feed.columns.iter().map(|c| format!("o.{}", d.quote(&c.name))).collect();
        format!("json_array({})", names.join(", "))
    }

    pub fn total_names(&self) -> String {
        let names: Vec<String> = self.work.totals().iter().flat_map(|(n, _)| total_columns(*n)).collect();
        names.iter().fold(String::new(), |text, name| text + ", " + name)
    }

    pub fn total_values(&self) -> Result<String> {
        let mut text = String::new();
        for (n, by) in self.work.totals() {
            for column in [n, by] {
                text.push_str(",\n       ");
                text.push_str(&self.computed(column)?);
            }
        }
        Ok(text)
    }
}
