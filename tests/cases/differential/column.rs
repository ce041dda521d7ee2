//! A column of the feed and of ours, and what becomes of theirs' values on their way.

use super::{
    domain::Domain,
    native::{Form, Native},
    schema::Kind,
    value::{Cell, Number, Value},
    zone::Zone,
};
use crate::support::random::Random;

pub struct Column {
    /// In the feed.
    pub name: String,
    /// In our table.
    pub ours: String,
    pub kind: Kind,
    pub role: Role,
    pub rule: Rule,
    pub native: Native,
    /// Where the database makes ours of another column.
    pub generated: Option<Generated>,
    /// Whether ours may be NULL.
    pub nullable: bool,
    pub place: Place,
    /// Whether what rows share stands after them, or may.
    pub late: bool,
    pub twist: Twist,
    /// What theirs writes for no value.
    pub null_if: bool,
    pub default: Option<Value>,
    /// Few values, which many rows share.
    pub pool: Vec<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Key,
    Compared,
    /// Carried, not compared; `asked`: of ours too.
    Carried {
        asked: bool,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    Exact,
    Within(Number),
    Percent(Number),
    AnyCase,
}

/// How the database computes a column of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generated {
    /// Kept in the table, or computed when it is read.
    pub stored: bool,
    /// As the negative of the other column.
    pub negated: bool,
}

/// Where theirs writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Element,
    Attribute,
    /// An element within an element.
    Nested,
    /// An attribute of an element of its own.
    NestedAttribute,
    /// One of two elements.
    Either,
    /// Of the element around the row: its element or its attribute.
    Parent {
        attribute: bool,
    },
    /// Below the document's root, by its absolute path from there.
    Above,
    /// In an entry that the row names; entries stand before all rows or after them.
    Lookup {
        before: bool,
    },
}

impl Place {
    /// Whether all rows below one element share the value.
    pub fn shared(self) -> bool {
        matches!(self, Place::Parent { .. } | Place::Above)
    }
}

/// What the feed does to a value between the file and the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twist {
    None,
    Trim,
    Collapse,
    Strip,
    /// Cut out of what stands around it.
    Pattern,
    Map,
    Upper,
    Lower,
    Join,
    First,
    Last,
    DecimalComma,
    /// Hundreds marked by an apostrophe, which the feed strips.
    Thousands,
    Sign,
    Multiply,
    Divide,
    Format(&'static str),
    /// Written by the clocks of a time zone.
    Zone(&'static Zone),
}

/// The characters that `strip` takes out.
pub const STRIPPED: &str = "_-'";

impl Column {
    pub fn domain(&self) -> &Domain {
        &self.native.domain
    }

    /// A value of ours.
    pub fn value(&self, random: &mut Random) -> Value {
        let beside = match self.twist {
            Twist::Zone(zone) if random.chance(50) => zone.value(random, self.domain()),
            _ => None,
        };
        beside.unwrap_or_else(|| self.native.value(random))
    }

    pub fn key(&self) -> bool {
        self.role == Role::Key
    }

    pub fn compared(&self) -> bool {
        !matches!(self.role, Role::Carried { .. })
    }

    /// Whether our table is read for it.
    pub fn asked(&self) -> bool {
        self.role != Role::Carried { asked: false }
    }

    /// Whether it takes part in the checksum.
    pub fn exact(&self) -> bool {
        self.compared() && self.rule == Rule::Exact
    }

    /// What a value of theirs is once the feed's options were applied to it.
    pub fn after_options(&self, cell: Cell) -> Cell {
        let cell = match cell {
            Some(Value::Text(text)) => {
                Some(self.text_after_options(&text)).filter(|text| !text.is_empty()).map(Value::Text)
            }
            other => other,
        };
        cell.or_else(|| self.default.clone())
    }

    fn text_after_options(&self, text: &str) -> String {
        match self.twist {
            Twist::Trim => text.trim().to_owned(),
            Twist::Collapse => {
                let mut out = String::new();
                for c in text.chars() {
                    if !c.is_whitespace() {
                        out.push(c);
                    } else if !out.ends_with(' ') {
                        out.push(' ');
                    }
                }
                out
            }
            Twist::Strip => text.chars().filter(|c| !STRIPPED.contains(*c)).collect(),
            Twist::Upper => text.to_uppercase(),
            Twist::Lower => text.to_lowercase(),
            _ => text.to_owned(),
        }
    }

    /// Whether some of what clocks could show is no moment, or two.
    pub fn changes(&self) -> bool {
        self.kind == Kind::Timestamp && matches!(self.twist, Twist::Zone(zone) if zone.changes())
    }

    /// Whether its numbers are short enough to calculate with.
    pub fn calculates(&self) -> bool {
        matches!(self.rule, Rule::Within(_) | Rule::Percent(_)) || self.adds_up()
    }

    /// Whether it can be added up exactly: a number in every row, and a short one.
    pub fn adds_up(&self) -> bool {
        let short = match self.native.domain {
            Domain::Integer { least, most } => least >= -(1 << 63) && most <= 1 << 63,
            Domain::Decimal { whole, fraction } => whole <= 12 && fraction <= 10,
            _ => false,
        };
        short && self.kind.number() && !self.native.strays && self.native.form != Form::Double
    }

    /// Whether two cells are the same to the feed.
    pub fn same(&self, theirs: &Cell, ours: &Cell) -> bool {
        let (Some(left), Some(right)) = (theirs, ours) else { return theirs == ours };
        if left == right {
            return true;
        }
        match (&self.rule, left, right) {
            (Rule::AnyCase, Value::Text(left), Value::Text(right)) => {
                left.to_lowercase() == right.to_lowercase()
            }
            (Rule::Within(limit), Value::Number(left), Value::Number(right)) => {
                let [left, right, limit] = units([left, right, limit]);
                (left - right).abs() <= limit
            }
            (Rule::Percent(limit), Value::Number(left), Value::Number(right)) => {
                let [left, right] = units([left, right]);
                let percent = limit.units(4).expect("a short limit");
                (left - right).abs() * 1_000_000 <= right.abs() * percent
            }
            _ => false,
        }
    }
}

/// Numbers as counts of one unit; those of columns with a tolerance are short enough for that.
fn units<const N: usize>(numbers: [&Number; N]) -> [i128; N] {
    let scale = numbers.iter().map(|number| number.fraction.len()).max().unwrap_or(0);
    numbers.map(|number| number.units(scale).expect("a number to calculate with"))
}
