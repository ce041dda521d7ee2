//! The values that a column of ours can hold on every database, and values beside them.

use super::{
    calendar::{self, MICROS_OF_DAY},
    value::{Number, Value},
};
use crate::support::random::Random;

#[derive(Debug, Clone)]
pub enum Domain {
    /// Texts of such pieces, at most so many characters; `padded` ones end in no blank.
    Text {
        pieces: &'static [&'static str],
        chars: usize,
        padded: bool,
    },
    Words(&'static [&'static str]),
    /// Only these numbers.
    Numbers(&'static [i128]),
    /// Bytes in hex.
    Hex,
    Uuid,
    /// Eight of them.
    Bits,
    Integer {
        least: i128,
        most: i128,
    },
    /// So many digits before and after the point at most.
    Decimal {
        whole: usize,
        fraction: usize,
    },
    /// What 15 digits say.
    Double,
    /// What single precision holds.
    Single,
    Days {
        first: i64,
        last: i64,
    },
    Moments {
        first: i64,
        last: i64,
        unit: i64,
    },
    Flags,
    /// Texts that show values of another kind.
    Shown(Box<Domain>),
}

/// What texts are made of: what a collation, a quotation, a pattern or an encoding could take for something else.
pub const ANY: [&str; 56] = [
    "a",
    "A",
    "B",
    "x",
    "z",
    "é",
    "e\u{301}",
    "ä",
    "ß",
    "ss",
    "ı",
    "İ",
    "ﬁ",
    "Ω",
    "漢",
    "🙂",
    "👩\u{200d}🚀",
    " ",
    "  ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "'",
    "\"",
    "\\",
    "\\\\",
    "|",
    "~",
    "~p",
    "~?",
    "NULL",
    "\\N",
    "%",
    "_",
    "0",
    "007",
    "-1",
    "<",
    ">",
    "&",
    "]]>",
    "&amp;",
    "\u{a0}",
    "\u{2028}",
    ",",
    ";",
    "--",
    "/*",
    "\u{feff}",
    "\u{200b}",
    "$1",
    ":x",
    "{theirs}",
    "\\.",
    "`",
];
/// The same without letters that have another case beyond A to Z, which not every database knows.
pub const PLAIN: [&str; 18] =
    ["a", "A", "b", "Q", "k", "Zz", "é", "漢", " ", "'", "\\", "|", "~", "0", "-", "\"", ".", "_"];
/// What `latin1` holds.
pub const WESTERN: [&str; 16] =
    ["a", "A", "Z", "é", "É", "ü", "y", "ÿ", "|", "~", " ", "'", "\\", "£", "ß", "s"];

impl Domain {
    pub fn value(&self, random: &mut Random) -> Value {
        match self {
            Domain::Text { pieces, chars, padded } => Value::Text(text(random, pieces, *chars, *padded)),
            Domain::Words(words) => Value::Text(random.pick(words).to_owned()),
            Domain::Numbers(numbers) => Value::Number(Number::scaled(random.pick(numbers), 0)),
            Domain::Hex => {
                let bytes = 1 + random.below(8);
                Value::Text((0..bytes).map(|_| format!("{:02x}", random.next() & 0xff)).collect())
            }
            Domain::Uuid => Value::Text(uuid(random)),
            Domain::Bits => Value::Text(format!("{:08b}", random.next() & 0xff)),
            Domain::Integer { least, most } => Value::Number(integer(random, *least, *most)),
            Domain::Decimal { whole, fraction } => Value::Number(decimal(random, *whole, *fraction)),
            Domain::Double => {
                let digits = random.digits(1, 15);
                let number = Number::new(random.chance(40), &digits, "");
                let most = -i64::try_from(digits.len()).expect("few") - 4;
                Value::Number(number.shifted(i32::try_from(random.between(most, 0)).expect("small")))
            }
            Domain::Single => {
                let sixteenths = i128::from(random.between(-80_000, 80_000));
                Value::Number(Number::scaled(sixteenths * 625, 4))
            }
            Domain::Days { first, last } => Value::Day(day(random, *first, *last)),
            Domain::Moments { first, last, unit } => {
                let day = day(random, *first, *last);
                let time = if random.chance(20) { 0 } else { random.between(0, MICROS_OF_DAY - 1) };
                let unit = if random.chance(40) { 1_000_000.max(*unit) } else { *unit };
                Value::Moment(day * MICROS_OF_DAY + time / unit * unit)
            }
            Domain::Flags => Value::Flag(random.chance(50)),
            Domain::Shown(domain) => Value::Text(domain.value(random).shown()),
        }
    }

    /// The value that number `n` of a key is; other numbers give other values.
    pub fn numbered(&self, n: u64) -> Option<Value> {
        let (count, wide) = (i64::try_from(n).ok()?, i128::from(n));
        match self {
            Domain::Text { .. } => Some(Value::Text(n.to_string())),
            Domain::Integer { least, most } => {
                let number = if n.is_multiple_of(3) && *least < 0 { -wide } else { wide };
                (number <= *most).then(|| Value::Number(Number::scaled(number, 0)))
            }
            Domain::Decimal { whole, fraction } => {
                let scale = (*fraction).min(usize::try_from(n % 3).ok()?);
                // A digit that tells one scale from another.
                let number = wide * 10 + 1 + i128::try_from(scale).ok()?;
                (*whole > 4).then(|| Value::Number(Number::scaled(number, scale)))
            }
            Domain::Days { first, .. } => Some(Value::Day(first + count)),
            Domain::Moments { first, unit, .. } => {
                Some(Value::Moment((first + 1) * MICROS_OF_DAY + count * unit))
            }
            _ => None,
        }
    }
}

fn text(random: &mut Random, pieces: &[&str], chars: usize, padded: bool) -> String {
    let count = random.pick(&[1, 1, 1, 2, 2, 3, 5, 9]);
    let mut text: String = (0..count).map(|_| random.pick(pieces)).collect();
    if random.chance(3) {
        text = text.repeat(if chars > 1000 { 1500 } else { 30 });
    }
    text = text.chars().take(chars).collect();
    if padded {
        text.truncate(text.trim_end_matches(' ').len());
    }
    if text.is_empty() { "a".into() } else { text }
}

fn uuid(random: &mut Random) -> String {
    let hex = format!("{:016x}{:016x}", random.next(), random.next());
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn integer(random: &mut Random, least: i128, most: i128) -> Number {
    let number = match random.below(8) {
        0 => least,
        1 => most,
        2 => 0,
        3 => i128::from(random.between(-9, 9)),
        4 => (1 << 53) + i128::from(random.between(0, 1)),
        _ => {
            let bits = 1 + random.below(62);
            i128::from(random.next().cast_signed() >> bits)
        }
    };
    Number::scaled(number.clamp(least, most), 0)
}

fn decimal(random: &mut Random, whole: usize, fraction: usize) -> Number {
    let short = random.chance(50);
    let most = |all: usize| if short { all.min(3) } else { all };
    let (whole, fraction) = (random.digits(0, most(whole)), random.digits(0, most(fraction)));
    Number::new(random.chance(40), &whole, &fraction)
}

fn day(random: &mut Random, first: i64, last: i64) -> i64 {
    match random.below(12) {
        0 => first,
        1 => last,
        2..=6 => {
            let base = calendar::count(2024, 2, 20).clamp(first, last);
            (base + random.between(0, 40)).clamp(first, last)
        }
        _ => random.between(first, last),
    }
}
