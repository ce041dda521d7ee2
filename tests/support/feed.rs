//! Feeds of tests, built part by part, so that a test says only what it is about.

use std::fmt::{Display, Formatter, Result, Write};

/// A feed. It reads `<r>` elements and compares them with the table `ours` unless it is told otherwise.
#[derive(Clone)]
pub struct Feed {
    name: String,
    first: String,
    row: String,
    xml: Vec<String>,
    columns: Vec<(String, String)>,
    ours: Option<Vec<String>>,
    expressions: Vec<String>,
    sets: Vec<Feed>,
    more: String,
}

impl Feed {
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            first: String::new(),
            row: "r".to_owned(),
            xml: Vec::new(),
            columns: Vec::new(),
            ours: Some(vec!["table = \"ours\"".to_owned()]),
            expressions: Vec::new(),
            sets: Vec::new(),
            more: String::new(),
        }
    }

    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Tables that stand before all others, as text.
    pub fn first(mut self, tables: &str) -> Self {
        self.first.push_str(tables);
        self
    }

    /// The path of the row element.
    pub fn row(mut self, path: &str) -> Self {
        path.clone_into(&mut self.row);
        self
    }

    /// One more line of `[xml]`, or of the row set that this is.
    pub fn xml(mut self, line: impl Into<String>) -> Self {
        self.xml.push(line.into());
        self
    }

    /// A key column, which is text.
    pub fn key(self, name: &str) -> Self {
        self.column(name, "key = true")
    }

    /// A column with these lines; the last column of a name is the one that counts.
    pub fn column(mut self, name: &str, lines: &str) -> Self {
        match self.columns.iter_mut().find(|(other, _)| other == name) {
            Some((_, old)) => lines.clone_into(old),
            None => self.columns.push((name.to_owned(), lines.to_owned())),
        }
        self
    }

    /// The lines of `[ours]`, instead of its table.
    pub fn ours(mut self, lines: &str) -> Self {
        self.ours = Some(vec![lines.to_owned()]);
        self
    }

    /// The condition on rows of ours.
    pub fn scope(mut self, condition: &str) -> Self {
        self.ours.get_or_insert_default().push(format!("where = {condition:?}"));
        self
    }

    /// What a column is in ours.
    pub fn expression(mut self, column: &str, expression: &str) -> Self {
        self.expressions.push(format!("{column} = {expression:?}"));
        self
    }

    /// A feed that knows no table of ours.
    pub fn without_ours(mut self) -> Self {
        self.ours = None;
        self
    }

    /// A row set: the feed of its columns and its table. A feed of row sets has no columns of its own.
    pub fn set(mut self, set: Self) -> Self {
        self.sets.push(set);
        self
    }

    /// Further tables, as text.
    pub fn and(mut self, tables: &str) -> Self {
        self.more.push_str(tables);
        self
    }

    /// Columns and ours, whose tables begin with `within`.
    fn tables(&self, f: &mut Formatter<'_>, within: &str) -> Result {
        for (name, lines) in &self.columns {
            write!(f, "[[{within}column]]\nname = \"{name}\"\n{lines}\n\n")?;
        }
        if let Some(ours) = &self.ours {
            writeln!(f, "[{within}ours]\n{}", ours.join("\n"))?;
        }
        if !self.expressions.is_empty() {
            writeln!(f, "[{within}ours.columns]\n{}", self.expressions.join("\n"))?;
        }
        Ok(())
    }
}

impl Display for Feed {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}[feed]\nname = \"{}\"\n\n[xml]\n", self.first, self.name)?;
        let xml = self.xml.join("\n");
        if self.sets.is_empty() {
            write!(f, "row = \"{}\"\n{xml}\n\n", self.row)?;
            self.tables(f, "")?;
        } else {
            write!(f, "{xml}\n\n")?;
        }
        for set in &self.sets {
            let Self { name, row, xml, .. } = set;
            writeln!(f, "[[set]]\nname = \"{name}\"\nrow = \"{row}\"\n{}", xml.join("\n"))?;
            set.tables(f, "set.")?;
        }
        f.write_str(&self.more)
    }
}
