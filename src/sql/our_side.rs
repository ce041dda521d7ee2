//! Ours inside the join: its canonical texts under their columns' names, and what is built from those names.

use super::{
    Audit,
    canonical::canonical,
    encode,
    work::{Work, total_columns},
};
use crate::{
    error::{Error, Result},
    feed::Column,
    model::OurColumn,
};

/// Expressions over `o`, the rows of ours as canonical texts, and `s`, the stage.
pub struct OurSide<'a> {
    work: &'a Work<'a>,
    /// Per column of the feed, its canonical text; ours lacks carried columns that were not asked for.
    texts: Vec<Option<String>>,
    audit: Audit,
}

impl<'a> OurSide<'a> {
    /// For columns of these types.
    ///
    /// # Errors
    /// `Internal` where `types` lacks a column that is compared.
    pub fn new(work: &'a Work<'a>, types: &[(usize, OurColumn)], audit: Audit) -> Result<Self> {
        let d = work.dialect;
        let text = |(n, column): (usize, &Column)| {
            let name = d.quote(&column.name);
            match types.iter().find(|(asked, _)| *asked == n) {
                Some((_, ours)) => Ok(Some(canonical(d, &column.kind, ours.family, &format!("ours.{name}")))),
                None if column.compared() => {
                    Err(Error::internal(format!("no type is known for column {name}")))
                }
                None => Ok(None),
            }
        };
        let texts = work.feed.columns.iter().enumerate().map(text).collect::<Result<_>>()?;
        Ok(Self { work, texts, audit })
    }

    /// What each of them is called, one a line.
    pub fn canonical_columns(&self) -> String {
        let d = self.work.dialect;
        let bytes = d.text_of_bytes();
        let columns: Vec<String> = (self.work.feed.columns.iter().zip(&self.texts))
            .filter_map(|(c, text)| Some(format!("{}{bytes} AS {}", text.as_ref()?, d.quote(&c.name))))
            .collect();
        columns.join(",\n           ")
    }

    /// Those of the key, in the feed's order.
    pub fn canonical_keys(&self) -> String {
        let columns = self.work.feed.columns.iter().zip(&self.texts).filter(|(column, _)| column.is_key());
        columns.filter_map(|(_, text)| text.clone()).collect::<Vec<_>>().join(", ")
    }

    fn name(&self, n: usize) -> String {
        match self.texts[n] {
            Some(_) => format!("o.{}", self.work.dialect.quote(&self.work.feed.columns[n].name)),
            None => "''".into(),
        }
    }

    fn names(&self, which: impl Fn(&Column) -> bool) -> Vec<String> {
        let columns = self.work.feed.columns.iter().enumerate();
        columns.filter(|(_, c)| which(c)).map(|(n, _)| self.name(n)).collect()
    }

    /// The whole row.
    pub fn row(&self) -> String {
        let d = self.work.dialect;
        d.never_null(d.row(&self.names(|_| true)))
    }

    /// A name that is NULL where there is no row of ours: a canonical text never is.
    pub fn presence(&self) -> String {
        let key = self.work.feed.columns.iter().position(Column::is_key);
        // A feed without a key is refused where it is read.
        self.name(key.unwrap_or_default())
    }

    /// `theirs = ours`, byte for byte.
    fn equal(&self, theirs: &str, ours: &str) -> String {
        format!("{theirs} = {ours}{}", self.work.dialect.compare_bytes())
    }

    fn columns_equal(&self, which: impl Fn(&Column) -> bool) -> Vec<String> {
        let asked =
            self.work.feed.columns.iter().enumerate().filter(|(n, c)| self.texts[*n].is_some() && which(c));
        let theirs = |c: &Column| format!("s.{}", self.work.dialect.quote(&c.name));
        asked.map(|(n, c)| self.equal(&theirs(c), &self.name(n))).collect()
    }

    /// Both sides have the same key.
    pub fn on(&self) -> String {
        self.columns_equal(Column::is_key).join(" AND ")
    }

    /// Equal in everything that is compared and in what ours carries along: by the checksum, and of the audit's
    /// sample by value too. A pair whose checksum lies is then not the same, so it is recorded and read back.
    pub fn same(&self) -> String {
        let d = self.work.dialect;
        if !d.has_sha256() {
            return self.columns_equal(|_| true).join(" AND ");
        }
        let exact = encode::join(&*d, &self.names(Column::exact));
        let mut conditions = vec![format!("s.tieout_checksum = {}", d.sha256(&exact))];
        conditions.extend(self.columns_equal(|column| !column.exact()));
        let equal = || self.equal(&self.work.their_fields(Column::exact), &format!("({exact})"));
        match self.audit {
            Audit::Off => {}
            Audit::All => conditions.push(equal()),
            Audit::Below(_) => {
                conditions.push(format!("(NOT ({}) OR {})", self.audit.sampled(d, "s.tieout_id"), equal()));
            }
        }
        conditions.join(" AND ")
    }

    pub fn total_names(&self) -> String {
        let names: Vec<String> = self.work.totals().iter().flat_map(|(n, _)| total_columns(*n)).collect();
        names.iter().fold(String::new(), |text, name| text + ", " + name)
    }

    pub fn total_values(&self) -> String {
        let values = self.work.totals().into_iter().flat_map(|(n, by)| [n, by]);
        values.fold(String::new(), |text, n| text + ",\n       " + &self.name(n))
    }
}
