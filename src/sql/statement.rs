//! A rendered statement: SQL text that only this module's templates can make, and bound values.

use super::{Dialect, Locking};

/// A bound value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A 64-bit integer.
    Int(i64),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

/// A part of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// SQL text.
    Sql(String),
    /// A bound value.
    Bind {
        /// The value.
        value: Value,
        /// The SQL type that the server infers for it, where text would not do.
        cast: Option<String>,
    },
}

/// A whole statement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a statement does nothing until it is executed"]
pub struct Statement {
    /// The template's name, for messages: `join`, `record`, …
    pub name: &'static str,
    /// What it locks.
    pub locking: Locking,
    /// What it is made of.
    pub pieces: Vec<Piece>,
    /// Values for placeholders that stand in the text already (multi-row INSERT).
    values: Vec<Value>,
}

impl Statement {
    /// A statement of these pieces.
    pub fn new(name: &'static str, locking: Locking, pieces: Vec<Piece>) -> Self {
        Self { name, locking, pieces, values: Vec::new() }
    }

    /// A statement without bound values.
    pub fn plain(name: &'static str, locking: Locking, sql: impl Into<String>) -> Self {
        Self::new(name, locking, vec![Piece::Sql(sql.into())])
    }

    /// Gives a statement whose text already holds the placeholders its values, in their order.
    pub fn bind(&mut self, values: Vec<Value>) {
        self.values = values;
    }

    /// The text with the dialect's placeholders, and the values in their order.
    #[must_use]
    pub fn bound(&self, dialect: Dialect) -> (String, Vec<&Value>) {
        let mut sql = String::new();
        let mut values: Vec<&Value> = self.values.iter().collect();
        for piece in &self.pieces {
            match piece {
                Piece::Sql(text) => sql.push_str(text),
                Piece::Bind { value, cast } => {
                    values.push(value);
                    let place = dialect.placeholder(values.len());
                    match cast {
                        Some(cast) => sql.extend(["CAST(", &place, " AS ", cast, ")"]),
                        None => sql.push_str(&place),
                    }
                }
            }
        }
        (sql, values)
    }

    /// The text with every value as a literal, ready to paste into the dialect's client.
    #[must_use]
    pub fn pasted(&self, dialect: Dialect) -> String {
        let mut sql = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Sql(text) => sql.push_str(text),
                Piece::Bind { value: Value::Int(number), .. } => sql.push_str(&number.to_string()),
                Piece::Bind { value: Value::Text(text), .. } => sql.push_str(&dialect.literal(text)),
            }
        }
        sql
    }
}
