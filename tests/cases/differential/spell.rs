//! How theirs writes a value, so that the feed's options make that value of it.

use super::{
    calendar,
    column::{Column, Place, Role, STRIPPED, Twist},
    native::flag_word,
    schema::Kind,
    value::{Cell, Number, Value},
    zone::Zone,
};
use crate::support::random::Random;

/// What stands in the file.
#[derive(Debug, Default)]
pub struct Spelled {
    /// One text per element.
    pub texts: Vec<String>,
    /// A sign's code or a factor.
    pub beside: Option<String>,
    /// The row names an entry that is not there.
    pub dangling: bool,
}

/// What `null_if` takes for no value.
pub const NOTHING: &str = "N/A";
/// What stands before a value that a pattern cuts out.
pub const BEFORE: &str = "REF:";
pub const MAPPED: [(&str, &str); 2] = [("@1", "mapped é"), ("@2", "B")];
pub const CREDIT: &str = "CRDT";
pub const DEBIT: &str = "DBIT";
const HOUR: i64 = 3_600_000_000;
const BLANKS: [&str; 5] = ["", "", " ", "\n\t", "  "];

impl Spelled {
    fn one(text: impl Into<String>) -> Self {
        Self { texts: vec![text.into()], ..Self::default() }
    }
}

pub fn bad(random: &mut Random, column: &Column) -> Spelled {
    let looked_up = matches!(column.place, Place::Lookup { .. });
    if looked_up && (column.kind == Kind::Text || random.chance(50)) {
        return Spelled {
            texts: vec![random.pick(&["p", "none", "p0 p1"]).to_owned()],
            dangling: true,
            beside: None,
        };
    }
    if let Twist::Zone(zone) = column.twist
        && column.changes()
        && random.chance(70)
    {
        let local = zone.no_instant(random);
        let text = moment_text(random, local, "");
        return blanks(random, text);
    }
    Spelled::one(random.pick(&["12x", "0x1", "31.31.2024x", "maybe"]))
}

pub fn spell(random: &mut Random, column: &Column, cell: &Cell) -> Spelled {
    let Some(value) = cell else { return nothing(random, column) };
    if column.default.as_ref() == Some(value) && random.chance(50) {
        return nothing(random, column);
    }
    match value {
        Value::Text(text) | Value::Other(text) => text_of(random, column, text),
        Value::Number(number) => number_of(random, column, number),
        Value::Day(day) => {
            let text = day_of(random, column, *day);
            blanks(random, text)
        }
        Value::Moment(moment) => {
            let text = moment_of(random, column, *moment);
            blanks(random, text)
        }
        Value::Flag(flag) => {
            let word = flag_word(random, *flag);
            blanks(random, word)
        }
    }
}

fn blanks(random: &mut Random, text: impl std::fmt::Display) -> Spelled {
    Spelled::one(format!("{}{text}{}", random.pick(&BLANKS), random.pick(&BLANKS)))
}

fn nothing(random: &mut Random, column: &Column) -> Spelled {
    let before = if column.twist == Twist::Pattern { BEFORE } else { "" };
    let text = match random.below(5) {
        0 | 1 => return Spelled::default(),
        2 if column.null_if => format!("{before}{NOTHING}"),
        3 if column.twist == Twist::Trim => " \n ".to_owned(),
        // Elsewhere such a value makes a bad row.
        3 if column.twist == Twist::Pattern && column.kind == Kind::Text && column.role != Role::Key => {
            "no such thing".to_owned()
        }
        _ => String::new(),
    };
    Spelled::one(text)
}

fn text_of(random: &mut Random, column: &Column, text: &str) -> Spelled {
    let flipped = |random: &mut Random, flip: fn(char) -> char| -> String {
        text.chars().map(|c| if random.chance(30) { flip(c) } else { c }).collect()
    };
    Spelled::one(match column.twist {
        Twist::Trim => format!("{}{text}{}", random.pick(&BLANKS), random.pick(&BLANKS)),
        Twist::Collapse => {
            let blank = random.pick(&[" ", "  ", "\n  ", " \t", "\u{a0} "]);
            text.replace(' ', blank)
        }
        Twist::Strip => {
            let mut out = String::new();
            for c in text.chars() {
                if random.chance(15) {
                    out.push(random.pick(&STRIPPED.chars().collect::<Vec<_>>()));
                }
                out.push(c);
            }
            out
        }
        Twist::Pattern => format!("{BEFORE}{text}"),
        Twist::Map => {
            let from = MAPPED.iter().find(|(_, to)| *to == text).map(|(from, _)| *from);
            from.filter(|_| random.chance(70)).unwrap_or(text).to_owned()
        }
        Twist::Upper => flipped(random, |c| c.to_ascii_lowercase()),
        Twist::Lower => flipped(random, |c| c.to_ascii_uppercase()),
        Twist::Join => {
            let parts: Vec<String> = text.split('|').map(str::to_owned).collect();
            let whole = parts.iter().any(String::is_empty) || column.place == Place::Attribute;
            return Spelled {
                texts: if whole { vec![text.to_owned()] } else { parts },
                ..Spelled::default()
            };
        }
        Twist::First => {
            return Spelled { texts: vec![text.to_owned(), "second".into()], ..Spelled::default() };
        }
        Twist::Last => return Spelled { texts: vec!["first".into(), text.to_owned()], ..Spelled::default() },
        _ => text.to_owned(),
    })
}

fn number_of(random: &mut Random, column: &Column, number: &Number) -> Spelled {
    let (number, beside) = match column.twist {
        Twist::Sign if number.negative => (number.negated(), Some(DEBIT)),
        Twist::Sign => (number.clone(), Some(CREDIT).filter(|_| random.chance(80))),
        Twist::Multiply => (number.shifted(-2), Some("100")),
        Twist::Divide => (number.shifted(3), Some("1000")),
        _ => (number.clone(), None),
    };
    let sign = if number.negative { "-" } else { random.pick(&["", "", "", "+"]) };
    let whole = if number.whole.is_empty() && (number.fraction.is_empty() || random.chance(50)) {
        "0".to_owned()
    } else {
        number.whole.clone()
    };
    let zeros = if whole.is_empty() { "" } else { random.pick(&["", "", "", "0", "000"]) };
    let whole = grouped(random, column.twist, &format!("{zeros}{whole}"));
    let point = if column.twist == Twist::DecimalComma { "," } else { "." };
    let decimals = column.kind == Kind::Decimal;
    let fraction = match number.fraction.as_str() {
        "" if decimals && random.chance(30) => format!("{point}{}", random.pick(&["0", "00", ""])),
        "" => String::new(),
        fraction => format!("{point}{fraction}{}", random.pick(&["", "", "0", "000"])),
    };
    let mut spelled = blanks(random, format!("{sign}{whole}{fraction}"));
    spelled.beside = beside.map(str::to_owned);
    spelled
}

/// Digits in groups of three, where the column knows marks between them.
fn grouped(random: &mut Random, twist: Twist, digits: &str) -> String {
    let mark = match twist {
        Twist::DecimalComma => random.pick(&["", ".", " "]),
        Twist::Thousands => random.pick(&["", "'"]),
        _ => "",
    };
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push_str(mark);
        }
        out.push(digit);
    }
    out
}

fn day_of(random: &mut Random, column: &Column, day: i64) -> String {
    let (year, month, date) = calendar::civil(day);
    match column.twist {
        Twist::Format("%d.%m.%Y") => format!("{date:02}.{month:02}.{year:04}"),
        Twist::Format("%m/%d/%Y") => format!("{month:02}/{date:02}/{year:04}"),
        Twist::Format(_) => format!("{year:04}{month:02}{date:02}"),
        Twist::Zone(zone) if random.chance(60) => instant_on(random, zone, day),
        _ => {
            let ends = ["", "", "", "Z", "+02:00", "-11:00", "T23:59:59", " 00:00", "T12:00:00.5-05:00"];
            // The last says a moment, which a column's zone has a day of its own for.
            let some = if let Twist::Zone(_) = column.twist { &ends[..8] } else { &ends[..] };
            let end = random.pick(some);
            format!("{}{end}", calendar::day(day))
        }
    }
}

/// A moment that is within a day by the clocks of a zone; the day alone, where its rules are not known.
fn instant_on(random: &mut Random, zone: &Zone, day: i64) -> String {
    let seconds = random.pick(&[0, 1, 3600, 7199, 9000, 43_200, 82_800, 86_399]);
    let instants = zone.instants(day * calendar::MICROS_OF_DAY + seconds * 1_000_000);
    if instants.is_empty() {
        return calendar::day(day);
    }
    let moment = random.pick(&instants);
    let (offset, end) = random.pick(&[(0, "Z"), (0, "+00:00"), (-5, "-05:00"), (14, "+14:00")]);
    moment_text(random, moment + offset * HOUR, end)
}

fn moment_of(random: &mut Random, column: &Column, moment: i64) -> String {
    // A local time in a year that every side can say.
    let inside = moment > calendar::count(2, 1, 1) * calendar::MICROS_OF_DAY
        && moment < calendar::count(9999, 1, 1) * calendar::MICROS_OF_DAY;
    let offset: i64 = if inside { random.pick(&[0, 2, -5, 14, -14]) } else { 0 };
    let zone = format!("{}{:02}:00", if offset < 0 { '-' } else { '+' }, offset.abs());
    match column.twist {
        Twist::Format(_) => {
            let (year, month, date) = calendar::civil(moment.div_euclid(calendar::MICROS_OF_DAY));
            format!("{date:02}.{month:02}.{year:04} {}", clock_text(random, moment))
        }
        Twist::Zone(own) => match own.local(moment).filter(|_| random.chance(70)) {
            Some(local) => moment_text(random, local, ""),
            None if random.chance(50) => moment_text(random, moment, "Z"),
            None => moment_text(random, moment + offset * HOUR, &zone),
        },
        _ if random.chance(50) => {
            let end = random.pick(&["", "", "Z"]);
            moment_text(random, moment, end)
        }
        _ => moment_text(random, moment + offset * HOUR, &zone),
    }
}

/// In the form of ISO 8601.
fn moment_text(random: &mut Random, local: i64, end: &str) -> String {
    let (day, clock) = (calendar::day(local.div_euclid(calendar::MICROS_OF_DAY)), clock_text(random, local));
    format!("{day}{}{clock}{end}", random.pick(&["T", "T", " "]))
}

/// The time of day, with as many decimals as it needs or more.
fn clock_text(random: &mut Random, local: i64) -> String {
    let (clock, micros) = calendar::clock(local);
    let fraction = format!("{micros:06}");
    let needed = fraction.trim_end_matches('0').len();
    let shown = needed + usize::try_from(random.below(7 - needed as u64)).expect("a digit");
    if shown == 0 { clock } else { format!("{clock}.{}", &fraction[..shown]) }
}
