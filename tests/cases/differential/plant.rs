//! A value that is nearly another.

use super::{
    calendar::{self, MICROS_OF_DAY},
    column::{Column, Rule},
    schema::Kind,
    value::{Number, Value},
};
use crate::support::random::Random;

/// A value beside `value`, as theirs might have it: not always within what ours could hold.
pub fn near(random: &mut Random, column: &Column, value: &Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(near_text(random, text)),
        Value::Number(number) => Value::Number(near_number(random, column, number)),
        Value::Day(day) => Value::Day(near_day(random, *day)),
        Value::Moment(moment) => Value::Moment(near_moment(random, *moment)),
        Value::Flag(flag) => Value::Flag(!flag),
        Value::Other(_) => column.domain().value(random),
    }
}

fn near_text(random: &mut Random, text: &str) -> String {
    let swapped =
        |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    let near = match random.below(16) {
        0 | 1 => text.chars().map(swapped).collect(),
        2 => text.replacen('a', "A", 1),
        3 => text.replace('é', "e\u{301}"),
        4 => text.replace("e\u{301}", "é"),
        5 => text.replace('é', "e").replace('ä', "a").replace('ß', "ss"),
        6 | 7 => format!("{text} "),
        8 => format!(" {text}"),
        9 => text.trim_end_matches(' ').to_owned(),
        10 => text.replace(' ', "\u{a0}"),
        11 => format!("{text}\u{301}"),
        12 => text.chars().skip(1).collect(),
        13 => text.chars().rev().skip(1).collect::<Vec<_>>().into_iter().rev().collect(),
        14 => text.replace("\r\n", "\n").replace('\t', " ").replace("  ", " "),
        _ => format!("0{text}"),
    };
    if near == text { format!("{text}x") } else { near }
}

fn near_number(random: &mut Random, column: &Column, number: &Number) -> Number {
    let places = number.fraction.len();
    let digits = number.whole.len() + places;
    let units = if digits < 36 { number.units(places) } else { None };
    if let (Rule::Within(limit) | Rule::Percent(limit), true) = (&column.rule, random.chance(70)) {
        return at_limit(random, column, number, limit);
    }
    let whole = column.kind == Kind::Integer;
    match (random.below(10), units) {
        (0 | 1, Some(units)) => Number::scaled(units + i128::from(random.pick(&[-1i8, 1])), places),
        (2, _) => number.negated(),
        (3, _) => number.shifted(random.pick(&[1, 2])),
        (4, _) if !whole => number.shifted(random.pick(&[-1, -2])),
        (5, _) => Number::new(false, "", ""),
        (6, _) if !whole => Number::new(number.negative, &number.whole, &format!("{}1", number.fraction)),
        (7, _) if !whole => {
            let kept = places.saturating_sub(1);
            Number::new(number.negative, &number.whole, &number.fraction[..kept])
        }
        (8, _) => {
            Number::new(number.negative, &number.whole.chars().rev().collect::<String>(), &number.fraction)
        }
        _ => Number::new(number.negative, &format!("1{}", number.whole), &number.fraction),
    }
}

/// At the limit of a tolerance, one unit beyond it or within it.
fn at_limit(random: &mut Random, column: &Column, number: &Number, limit: &Number) -> Number {
    let whole = column.kind == Kind::Integer;
    let scale = if whole { 0 } else { 12 };
    let Some(units) = number.units(scale) else { return number.clone() };
    let allowed = match column.rule {
        Rule::Percent(_) => {
            let percent = limit.units(4).expect("a short limit");
            units.abs() * percent / 1_000_000
        }
        _ => limit.units(12).expect("a short limit") / if whole { 1_000_000_000_000 } else { 1 },
    };
    let beside = i128::from(random.pick(&[0i8, 0, 1, 1, -1]));
    let step = if whole { 1 } else { random.pick(&[1, 100_000_000]) };
    Number::scaled(units + (allowed + beside * step) * i128::from(random.pick(&[-1i8, 1])), scale)
}

fn near_day(random: &mut Random, day: i64) -> i64 {
    let (year, month, date) = calendar::civil(day);
    let near = match random.below(4) {
        0 => day - 1,
        1 if date <= 12 => calendar::count(year, date, month),
        2 if date <= 28 && year < 9990 => calendar::count(year + 1, month, date),
        _ => day + 1,
    };
    near.clamp(0, calendar::count(9999, 12, 31))
}

fn near_moment(random: &mut Random, moment: i64) -> i64 {
    let step =
        random.pick(&[1, 1, 1, 1000, 1_000_000, 60_000_000, 15 * 60_000_000, 3_600_000_000, MICROS_OF_DAY]);
    let near = if random.chance(15) {
        moment.div_euclid(MICROS_OF_DAY) * MICROS_OF_DAY
    } else {
        moment + step * random.pick(&[-1, 1])
    };
    near.clamp(0, calendar::count(9999, 12, 31) * MICROS_OF_DAY)
}
