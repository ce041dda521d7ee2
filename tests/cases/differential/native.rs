//! How ours stores a column, and the literals of its values on every database.

use super::{
    calendar::{self, MICROS_OF_DAY},
    domain::Domain,
    value::{Cell, Number, Value},
};
use crate::support::{Kind as Server, random::Random};

/// How a literal is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    /// Hex digits of bytes.
    Bytes,
    /// A number; on the embedded database, which has no exact ones, a text where it has more than 15 digits.
    Number,
    /// A text with what people write around numbers.
    NumberText,
    Double,
    /// A whole number of hundredths, divided by the feed's expression.
    Hundredths,
    Day,
    Moment,
    /// With a time zone.
    Instant,
    /// A day in a column with a time of day.
    DayAtMidnight,
    Flag,
    FlagBit,
    FlagText,
}

#[derive(Debug, Clone)]
pub struct Native {
    /// Of the embedded database, PostgreSQL, MySQL, MariaDB.
    pub types: [String; 4],
    pub form: Form,
    pub domain: Domain,
    /// Whether ours may hold what is no value of the feed's type.
    pub strays: bool,
}

impl Native {
    pub fn new(types: [&str; 4], form: Form, domain: Domain) -> Self {
        Self { types: types.map(str::to_owned), form, domain, strays: false }
    }

    pub fn straying(self) -> Self {
        Self { strays: true, ..self }
    }

    /// Lets a text be long, where no index has to hold it.
    pub fn lengthened(mut self) -> Self {
        if let Domain::Text { chars, padded: false, .. } = &mut self.domain
            && self.types[0].starts_with("text")
            && self.types[2].contains("text")
        {
            *chars = 6000;
        }
        self
    }

    /// Whether the column holds the negative of every value too, on every database, by its own arithmetic.
    pub fn negates(&self) -> bool {
        let both_signs = match self.domain {
            Domain::Integer { least, most } => least == -most,
            Domain::Decimal { .. } | Domain::Double | Domain::Single => true,
            _ => false,
        };
        both_signs
            && matches!(self.form, Form::Number | Form::Double | Form::Hundredths)
            && self.types[0] != "text"
            && self.types[1] != "money"
    }

    pub fn sql_type(&self, server: Server) -> &str {
        let n = crate::support::EVERY_KIND.iter().position(|kind| *kind == server).expect("a kind");
        &self.types[n]
    }

    /// Whether no value may be an empty text too.
    pub fn holds_empty_text(&self) -> bool {
        matches!(self.form, Form::Text | Form::NumberText | Form::FlagText)
            && !matches!(self.domain, Domain::Uuid | Domain::Bits | Domain::Words(_) | Domain::Numbers(_))
    }

    /// A value of ours.
    pub fn value(&self, random: &mut Random) -> Value {
        if !self.strays || !random.chance(8) {
            return self.domain.value(random);
        }
        match (self.form, self.domain.value(random)) {
            (Form::DayAtMidnight, Value::Day(day)) => {
                Value::Moment(day * MICROS_OF_DAY + random.between(1, 86_399) * 1_000_000)
            }
            (Form::FlagText, _) => {
                Value::Other(random.pick(&["maybe", "2", "on", "ÿ", "ýes", "ｙ"]).to_owned())
            }
            _ => {
                Value::Other(random.pick(&["12x", "1,5", "--1", "1.2.3", "1e3", "0x1F", "+", "."]).to_owned())
            }
        }
    }

    /// What stands in an INSERT for the cell of a column.
    pub fn literal(&self, random: &mut Random, server: Server, cell: &Cell, stored: Stored) -> String {
        let Some(value) = cell else {
            let empty = self.holds_empty_text()
                && (!stored.nullable || if stored.unique { stored.twin } else { random.chance(40) });
            return if empty { "''".into() } else { "NULL".into() };
        };
        let shown = value.shown();
        match (self.form, value) {
            (Form::Bytes, _) if server == Server::Postgres => format!("decode('{shown}', 'hex')"),
            (Form::Bytes, _) => format!("X'{shown}'"),
            // A text of its own, which no number passes through.
            (Form::Number, _)
                if server == Server::Sqlite && (shown.len() > 15 || self.types[0] == "text") =>
            {
                format!("'{shown}'")
            }
            (Form::Number, Value::Number(number)) => padded(random, number),
            (Form::NumberText, Value::Number(number)) => {
                server.literal(&number_text(random, number, stored.twin))
            }
            (Form::Double, Value::Number(number)) => double(random, number),
            (Form::Hundredths, Value::Number(number)) => number.shifted(2).shown(),
            (Form::Day, Value::Moment(_)) if server != Server::Sqlite => format!("'{}'", &shown[..10]),
            (Form::Day, _) => format!("'{shown}'"),
            (Form::DayAtMidnight, Value::Day(day)) => moment(random, server, day * MICROS_OF_DAY, ""),
            (Form::Instant, Value::Moment(at)) => {
                let zone = match server {
                    Server::Sqlite => "Z",
                    Server::Postgres => "+00",
                    _ => "",
                };
                moment(random, server, *at, zone)
            }
            // No day of the embedded database, so shown as it stands.
            (Form::DayAtMidnight, Value::Moment(_)) if server == Server::Sqlite => format!("'{shown}'"),
            (Form::Moment | Form::DayAtMidnight, Value::Moment(at)) => moment(random, server, *at, ""),
            (Form::Flag, Value::Flag(flag)) if server == Server::Postgres => flag.to_string(),
            (Form::FlagBit, Value::Flag(flag)) if server == Server::Postgres => flag.to_string(),
            (Form::FlagBit, _) if server.mysql_family() => format!("b'{shown}'"),
            (Form::FlagText, Value::Flag(flag)) => server.literal(flag_word(random, *flag)),
            // Typed by its column.
            (Form::Text, _) if matches!(self.domain, Domain::Uuid | Domain::Bits) => format!("'{shown}'"),
            (Form::Text | Form::NumberText | Form::FlagText, _) => server.literal(&shown),
            _ => shown,
        }
    }
}

/// What else an INSERT has to know of a cell.
#[derive(Debug, Clone, Copy)]
pub struct Stored {
    /// In a unique index.
    pub unique: bool,
    /// To be written otherwise than the same value in another row.
    pub twin: bool,
    pub nullable: bool,
}

pub fn flag_word(random: &mut Random, flag: bool) -> &'static str {
    random.pick(if flag {
        &["true", "T", "Yes", "y", "1", "TRUE"]
    } else {
        &["FALSE", "f", "no", "N", "0", "false"]
    })
}

/// With zeros that mean nothing.
fn padded(random: &mut Random, number: &Number) -> String {
    let shown = number.shown();
    let zeros = if number.fraction.is_empty() || shown.len() > 12 { "" } else { random.pick(&["", "0"]) };
    shown + zeros
}

fn number_text(random: &mut Random, number: &Number, twin: bool) -> String {
    let sign = if number.negative { "-" } else { random.pick(&["", "", "+"]) };
    let zeros = if twin { "0000" } else { random.pick(&["", "", "0", "00"]) };
    let whole = format!("{zeros}{}", number.whole);
    let point = if number.fraction.is_empty() { random.pick(&["", "", ".", ".0"]) } else { "." };
    let end = if number.fraction.is_empty() { "" } else { random.pick(&["", "0", "000"]) };
    let whole = if whole.is_empty() && number.fraction.is_empty() { "0".to_owned() } else { whole };
    let blanks = [random.pick(&["", "", " ", "  "]), random.pick(&["", "", " "])];
    format!("{}{sign}{whole}{point}{}{end}{}", blanks[0], number.fraction, blanks[1])
}

fn double(random: &mut Random, number: &Number) -> String {
    let shown = number.shown();
    if random.chance(30) { shown } else { format!("{shown}e0") }
}

fn moment(random: &mut Random, server: Server, at: i64, zone: &str) -> String {
    let (text, micros) = calendar::moment(at);
    let fraction = format!("{micros:06}");
    let needed = fraction.trim_end_matches('0').len();
    let shown = needed + usize::try_from(random.below(7 - needed as u64)).expect("a digit");
    let point = if shown == 0 { "" } else { "." };
    let text = if server == Server::Sqlite && random.chance(50) { text.replace(' ', "T") } else { text };
    format!("'{text}{point}{}{zone}'", &fraction[..shown])
}
