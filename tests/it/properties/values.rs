//! Random values of every type: as SQL literals, as theirs may spell them, and in canonical text as the
//! interface defines it. Written from the contract, not from the program.

use crate::support::{Kind, digest::hex, random::Random};
use jiff::civil::{DateTime, date};

/// One value.
#[derive(Debug, Clone)]
pub struct Value {
    /// `canonical` of the contract; empty is no value.
    pub canonical: String,
    /// As the third party writes it.
    pub theirs: String,
    /// As a SQL literal.
    pub sql: Sql,
}

/// How a literal looks.
#[derive(Debug, Clone)]
pub enum Sql {
    /// The same everywhere.
    Plain(String),
    /// A text.
    Text(String),
    /// Of a typed column; where there are none, a text.
    Quoted(String),
    /// Boolean.
    Boolean(bool),
    /// Bytes in hex.
    Bytes(String),
    /// The embedded database's spelling, and the servers'.
    Apart(String, String),
}

impl Value {
    pub fn literal(&self, kind: Kind) -> String {
        match &self.sql {
            Sql::Plain(text) => text.clone(),
            Sql::Text(text) => kind.literal(text),
            Sql::Quoted(text) => format!("'{text}'"),
            Sql::Boolean(value) if kind == Kind::Postgres => value.to_string(),
            Sql::Boolean(value) => u8::from(*value).to_string(),
            Sql::Bytes(hex) if kind == Kind::Postgres => format!("decode('{hex}', 'hex')"),
            Sql::Bytes(hex) => format!("X'{hex}'"),
            Sql::Apart(sqlite, _) if kind == Kind::Sqlite => sqlite.clone(),
            Sql::Apart(_, other) => other.clone(),
        }
    }

    pub fn null() -> Self {
        Self { canonical: String::new(), theirs: String::new(), sql: Sql::Plain("NULL".into()) }
    }
}

const PIECES: [&str; 48] = [
    "a", "B", "x", "é", "e\u{301}", "ß", "İ", "漢", "🙂", " ", "  ", "\t", "\n", "\r", "\r\n", "'", "\"",
    "\\", "\\\\", "|", "||", "~", "~p", "~~", "~?", "NULL", "\\N", "%", "_", "0", "007", "-1", "<", ">", "&",
    "]]>", "\u{a0}", "\u{2028}", ",", ";", "--", "/*", "\u{feff}", "\u{200b}", "$1", ":x", "{theirs}", "\\.",
];

pub fn text(random: &mut Random) -> Value {
    let count = random.pick(&[0, 1, 1, 1, 2, 3, 5, 9]);
    let text: String = (0..count).map(|_| random.pick(&PIECES)).collect();
    of_text(text)
}

/// What `latin1` and the like can hold.
pub fn western(random: &mut Random) -> Value {
    let count = random.below(8);
    of_text(
        (0..count).map(|_| random.pick(&["a", "Z", "é", "ü", "ÿ", "|", "~", " ", "'", "\\", "£"])).collect(),
    )
}

/// What a padded `char(n)` holds: no blank at the end survives.
pub fn padded(random: &mut Random) -> Value {
    let mut value = western(random);
    let kept = value.canonical.trim_end_matches(' ').to_owned();
    value.sql = Sql::Text(kept.clone());
    value.theirs.clone_from(&kept);
    value.canonical = kept;
    value
}

fn of_text(text: String) -> Value {
    Value { canonical: text.clone(), theirs: text.clone(), sql: Sql::Text(text) }
}

pub fn integer(random: &mut Random) -> Value {
    let number = match random.below(8) {
        0 => i64::MAX,
        // SQLite reads the digits before the minus: its least number needs an expression.
        1 => i64::MIN,
        2 => 0,
        3 => (1 << 53) + 1,
        4 => random.between(-99, 99),
        _ => random.next().cast_signed() >> random.below(63),
    };
    let sql = if number == i64::MIN { format!("({} - 1)", number + 1) } else { number.to_string() };
    let zeros = random.pick(&["", "0", "000"]);
    let theirs = match number {
        0 => random.pick(&["0", "-0", "+0", "000"]).to_owned(),
        1.. => format!("{}{zeros}{number}", random.pick(&["", "+"])),
        _ => format!("-{zeros}{}", number.unsigned_abs()),
    };
    Value { canonical: number.to_string(), theirs, sql: Sql::Plain(sql) }
}

/// Up to the largest unsigned number of 64 bits, which some databases can only hold as text.
pub fn unsigned(random: &mut Random) -> Value {
    let number = if random.chance(20) { u64::MAX } else { random.next() >> random.below(64) }.to_string();
    Value {
        canonical: number.clone(),
        theirs: number.clone(),
        sql: Sql::Apart(format!("'{number}'"), number),
    }
}

/// 38 digits at most, 20 of them after the point at most.
pub fn decimal(random: &mut Random) -> Value {
    let fraction = random.digits(0, 20);
    let whole = random.digits(usize::from(fraction.is_empty()), 38 - fraction.len());
    let negative = random.chance(40);
    let sign = if negative { "-" } else { random.pick(&["", "+"]) };
    let point = if fraction.is_empty() { random.pick(&["", "."]) } else { "." };
    let written = format!("{sign}{whole}{point}{fraction}");
    let canonical = plain_decimal(negative, &whole, &fraction);
    Value { canonical, theirs: written.clone(), sql: Sql::Apart(format!("'{written}'"), written) }
}

/// A decimal in a text column.
pub fn decimal_text(random: &mut Random) -> Value {
    let mut value = decimal(random);
    while value.theirs.trim_start_matches(['+', '-']).split('.').next().is_some_and(|whole| whole.len() > 35)
    {
        value = decimal(random);
    }
    let blanks = [random.pick(&["", " ", "  "]), random.pick(&["", " "])];
    value.sql = Sql::Text(format!("{}{}{}", blanks[0], value.theirs, blanks[1]));
    value
}

/// No `+`, no needless zeros, and zero has no sign.
pub fn plain_decimal(negative: bool, whole: &str, fraction: &str) -> String {
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let sign = if negative && !(whole.is_empty() && fraction.is_empty()) { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

/// A double that 15 digits say, between 10^-12 and 10^15. Beyond that servers disagree about the shortest
/// text (ties, bounds, room for 22 characters), so that only a tolerance is a sensible comparison.
pub fn double(random: &mut Random) -> Value {
    let (first, rest) = (random.between(1, 9), random.digits(0, 14));
    let exponent = random.between(-12, 14) - i64::try_from(rest.len()).expect("14 at most");
    let text = match random.below(6) {
        0 => random
            .pick(&["0e0", "-0e0", "1e15", "1e16", "1e-5", "4.35e0", "1e22", "12345678901234500e0"])
            .to_owned(),
        1 => format!("{}e-2", random.between(-1_000_000, 1_000_000)),
        2 => format!("{}e0", random.between(-9_000_000_000_000, 9_000_000_000_000)),
        _ => format!("{}{first}{rest}e{exponent}", random.pick(&["", "-"])),
    };
    of_double(text.parse().expect("a number"), text)
}

/// What single precision holds exactly, so that every server's way of printing it agrees.
pub fn single(random: &mut Random) -> Value {
    let number = f64::from(i32::try_from(random.between(-80_000, 80_000)).expect("a small number")) / 16.0;
    of_double(number, format!("{number:e}"))
}

fn of_double(number: f64, sql: String) -> Value {
    let text = if number == 0.0 { "0".to_owned() } else { format!("{number}") };
    Value { canonical: text.clone(), theirs: text, sql: Sql::Plain(sql) }
}

fn moment(random: &mut Random, years: (i64, i64)) -> DateTime {
    let year = if random.chance(10) { years.1 } else { random.between(years.0, years.1) };
    let first =
        date(i16::try_from(year).expect("a year"), i8::try_from(random.between(1, 12)).expect("a month"), 1);
    let day = i8::try_from(random.between(1, i64::from(first.days_in_month()))).expect("a day");
    let micros = match random.below(5) {
        0 | 1 => 0,
        2 => random.below(10) * 100_000,
        3 => random.below(1000) * 1000,
        _ => random.below(1_000_000),
    };
    let part = |random: &mut Random, end| i8::try_from(random.below(end)).expect("a small number");
    let (hour, minute, second) =
        if random.chance(15) { (0, 0, 0) } else { (part(random, 24), part(random, 60), part(random, 60)) };
    let day = date(first.year(), first.month(), day);
    day.at(hour, minute, second, i32::try_from(micros).expect("microseconds") * 1000)
}

fn micros(time: DateTime) -> String {
    format!("{:06}", time.subsec_nanosecond() / 1000)
}

fn day_text(time: DateTime) -> String {
    format!("{:04}-{:02}-{:02}", time.year(), time.month(), time.day())
}

fn clock_text(time: DateTime) -> String {
    format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
}

fn canonical_timestamp(time: DateTime) -> String {
    let fraction = micros(time);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{} {}{point}{fraction}", day_text(time), clock_text(time))
}

/// With 0 to 6 digits of a second, as far as they are needed.
fn spelled(random: &mut Random, time: DateTime, between: &str) -> String {
    let fraction = micros(time);
    let needed = fraction.trim_end_matches('0').len();
    let shown = &fraction[..needed + usize::try_from(random.below(7 - needed as u64)).expect("a digit")];
    let point = if shown.is_empty() { "" } else { "." };
    format!("{}{between}{}{point}{shown}", day_text(time), clock_text(time))
}

pub fn day(random: &mut Random) -> Value {
    let text = day_text(moment(random, (1, 9999)));
    Value { canonical: text.clone(), theirs: text.clone(), sql: Sql::Quoted(text) }
}

/// A timestamp column that stands for days: only midnight is one.
pub fn day_of_timestamp(random: &mut Random) -> Value {
    let text = day_text(moment(random, (1, 9999)));
    let sql = Sql::Quoted(format!("{text} 00:00:00"));
    Value { canonical: text.clone(), theirs: text, sql }
}

/// A date column that stands for midnights.
pub fn midnight(random: &mut Random) -> Value {
    let text = day_text(moment(random, (1, 9999)));
    let canonical = format!("{text} 00:00:00");
    Value { theirs: canonical.replace(' ', "T"), canonical, sql: Sql::Quoted(text) }
}

pub fn timestamp(random: &mut Random) -> Value {
    let time = moment(random, (1, 9999));
    let between = random.pick(&[" ", "T"]);
    let (theirs, sqlite) = (spelled(random, time, "T"), spelled(random, time, between));
    let sql = Sql::Apart(format!("'{sqlite}'"), format!("'{}'", spelled(random, time, " ")));
    Value { canonical: canonical_timestamp(time), theirs, sql }
}

/// An instant, inserted by a session `offset` minutes east of UTC.
pub fn instant(random: &mut Random, offset: i64) -> Value {
    let time = moment(random, (1971, 2037));
    let local = time.saturating_add(jiff::Span::new().minutes(offset));
    let sqlite = format!("'{}Z'", spelled(random, time, "T"));
    let zone =
        format!("{}{:02}:{:02}", if offset < 0 { '-' } else { '+' }, offset.abs() / 60, offset.abs() % 60);
    let theirs = if random.chance(50) {
        spelled(random, time, "T") + "Z"
    } else {
        spelled(random, local, "T") + &zone
    };
    let sql = Sql::Apart(sqlite, format!("'{}'", spelled(random, local, " ")));
    Value { canonical: canonical_timestamp(time), theirs, sql }
}

pub fn boolean(random: &mut Random) -> Value {
    let value = random.chance(50);
    let theirs =
        random.pick(if value { &["true", "T", "Yes", "y", "1"] } else { &["FALSE", "f", "no", "N", "0"] });
    Value { canonical: u8::from(value).to_string(), theirs: theirs.into(), sql: Sql::Boolean(value) }
}

pub fn boolean_text(random: &mut Random) -> Value {
    let value = boolean(random);
    let sql = Sql::Text(value.theirs.clone());
    let mut other = boolean(random);
    while other.canonical != value.canonical {
        other = boolean(random);
    }
    Value { sql, ..other }
}

pub fn bytes(random: &mut Random) -> Value {
    let bytes: Vec<u8> = (0..random.below(9)).map(|_| random.next().to_le_bytes()[0]).collect();
    let hex = hex(&bytes);
    Value { canonical: hex.clone(), theirs: hex.clone(), sql: Sql::Bytes(hex) }
}
