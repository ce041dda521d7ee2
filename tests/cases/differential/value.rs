//! Values as what they mean: a number by its digits, a moment by its microseconds, a text by its characters.

use super::calendar;

/// A value of a column; `None` is no value.
pub type Cell = Option<Value>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    Text(String),
    Number(Number),
    /// Days since 0001-01-01.
    Day(i64),
    /// Microseconds since 0001-01-01, in UTC.
    Moment(i64),
    Flag(bool),
    /// A text of ours that is no value of its column's type.
    Other(String),
}

impl Value {
    /// The text under which results show it.
    pub fn shown(&self) -> String {
        match self {
            Value::Text(text) | Value::Other(text) => text.clone(),
            Value::Number(number) => number.shown(),
            Value::Day(day) => calendar::day(*day),
            Value::Moment(moment) => {
                let (text, micros) = calendar::moment(*moment);
                let fraction = format!(".{micros:06}");
                text + fraction.trim_end_matches('0').trim_end_matches('.')
            }
            Value::Flag(flag) => u8::from(*flag).to_string(),
        }
    }
}

/// The text under which results show a cell.
pub fn shown(cell: &Cell) -> String {
    cell.as_ref().map(Value::shown).unwrap_or_default()
}

/// A number by its digits: equal numbers have equal parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number {
    pub negative: bool,
    /// Without zeros in front; empty below 1.
    pub whole: String,
    /// Without zeros at the end.
    pub fraction: String,
}

impl Number {
    pub fn new(negative: bool, whole: &str, fraction: &str) -> Self {
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let zero = whole.is_empty() && fraction.is_empty();
        Self { negative: negative && !zero, whole: whole.to_owned(), fraction: fraction.to_owned() }
    }

    /// `units` of so many decimals.
    pub fn scaled(units: i128, scale: usize) -> Self {
        let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        Self::new(units < 0, whole, fraction)
    }

    pub fn shown(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        let whole = if self.whole.is_empty() { "0" } else { &self.whole };
        let point = if self.fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{}", self.fraction)
    }

    pub fn negated(&self) -> Self {
        Self::new(!self.negative, &self.whole, &self.fraction)
    }

    /// Multiplied by 10 to the `power`.
    pub fn shifted(&self, power: i32) -> Self {
        let places = usize::try_from(power.unsigned_abs()).expect("a few places");
        let zeros = "0".repeat(places);
        if power >= 0 {
            let fraction = format!("{}{zeros}", self.fraction);
            let (up, rest) = fraction.split_at(places);
            Self::new(self.negative, &format!("{}{up}", self.whole), rest)
        } else {
            let whole = format!("{zeros}{}", self.whole);
            let (rest, down) = whole.split_at(whole.len() - places);
            Self::new(self.negative, rest, &format!("{down}{}", self.fraction))
        }
    }

    /// As a count of units of so many decimals, where that is exact and fits.
    pub fn units(&self, scale: usize) -> Option<i128> {
        let zeros = scale.checked_sub(self.fraction.len())?;
        let digits = format!("0{}{}{}", self.whole, self.fraction, "0".repeat(zeros));
        let units: i128 = digits.parse().ok()?;
        Some(if self.negative { -units } else { units })
    }
}
