//! Both sides: rows with planted differences.

use super::{super::xml, Tolerances};
use crate::support::{Kind, random::Random};

pub struct Column {
    pub name: &'static str,
    pub r#type: &'static str,
    pub key: bool,
    pub postgres: &'static str,
    pub mysql: &'static str,
}

const fn column(
    name: &'static str,
    r#type: &'static str,
    postgres: &'static str,
    mysql: &'static str,
) -> Column {
    Column { name, r#type, key: false, postgres, mysql }
}

/// Our keys stand in columns whose collation takes case, accents and blanks at the end lightly.
pub const COLUMNS: [Column; 9] = [
    Column { key: true, ..column("code", "text", "varchar(60)", "varchar(60)") },
    Column { key: true, ..column("number", "integer", "bigint", "bigint") },
    column("amount", "decimal", "numeric(20,4)", "decimal(20,4)"),
    column("rate", "decimal", "numeric", "decimal(20,4)"),
    column("name", "text", "text", "varchar(80)"),
    column("note", "text", "text", "longtext"),
    column("quantity", "integer", "bigint", "bigint"),
    column("day", "date", "date", "date"),
    column("memo", "text", "text", "longtext"),
];
pub const CODE: usize = 0;
pub const NUMBER: usize = 1;
pub const AMOUNT: usize = 2;
pub const RATE: usize = 3;
pub const NAME: usize = 4;
pub const NOTE: usize = 5;
pub const QUANTITY: usize = 6;
pub const DAY: usize = 7;
pub const MEMO: usize = 8;

/// Whether ours may hold a key more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Repeated,
    Unique,
}

/// Canonical text per column; empty is no value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row(pub [String; 9]);

impl Row {
    pub fn literal(&self, kind: Kind) -> String {
        let cells: Vec<String> = (COLUMNS.iter().zip(&self.0))
            .map(|(column, text)| match (column.r#type, text.as_str()) {
                // An empty text of ours counts as no value, as NULL does.
                ("text", "") if column.name == "note" => "''".into(),
                (_, "") => "NULL".into(),
                ("text", text) => xml::text_literal(kind, text),
                ("date", text) => format!("'{text}'"),
                (_, number) if kind == Kind::Sqlite => format!("'{number}'"),
                (_, number) => number.to_owned(),
            })
            .collect();
        format!("({})", cells.join(", "))
    }

    pub fn key(&self) -> (&str, &str) {
        (&self.0[CODE], &self.0[NUMBER])
    }
}

/// Canonical text of a number in ten-thousandths.
pub fn amount_text(number: i128) -> String {
    let text = format!("{:04}.{:04}", number.unsigned_abs() / 10_000, number.unsigned_abs() % 10_000);
    let (whole, fraction) = text.split_once('.').expect("a point");
    super::super::values::plain_decimal(number < 0, whole, fraction)
}

pub struct Sides {
    /// (file 1 or 2, row), in the order of their records.
    pub theirs: Vec<(u32, Row)>,
    pub ours: Vec<Row>,
}

impl Sides {
    pub fn new(random: &mut Random, shape: Shape, tolerances: Tolerances) -> Self {
        let mut sides = Self { theirs: Vec::new(), ours: Vec::new() };
        for n in 0..1200 {
            sides.plant(random, shape, tolerances, n);
        }
        random.shuffle(&mut sides.theirs);
        random.shuffle(&mut sides.ours);
        sides.theirs.sort_by_key(|(file, _)| *file);
        sides
    }

    fn plant(&mut self, random: &mut Random, shape: Shape, tolerances: Tolerances, n: u64) {
        let [code, number] = key(random, shape, n);
        let row = content(random, code, number);
        let copies = |random: &mut Random| match shape {
            Shape::Repeated => random.below(4),
            Shape::Unique => random.below(2),
        };
        let (theirs, ours) = match random.below(10) {
            0..=3 => (vec![row.clone()], vec![row]),
            4 | 5 => (vec![changed(random, &row, tolerances)], vec![row]),
            6 => (vec![row], vec![]),
            7 => (vec![], vec![row]),
            _ => {
                let pool =
                    [row.clone(), changed(random, &row, tolerances), changed(random, &row, tolerances)];
                let mut some = |count: u64| -> Vec<Row> {
                    (0..count)
                        .map(|_| {
                            pool[usize::from(random.chance(40)) * (1 + usize::from(random.chance(50)))]
                                .clone()
                        })
                        .collect()
                };
                let (theirs, ours) = (some(3), some(3));
                let theirs = theirs[..usize::try_from(random.below(4)).expect("small")].to_vec();
                (theirs, ours[..usize::try_from(copies(random)).expect("small")].to_vec())
            }
        };
        // A key that no index may hold, or that another case of the same letters holds already.
        let allowed =
            |row: &Row| shape == Shape::Repeated || (!row.0[CODE].is_empty() && !row.0[NUMBER].is_empty());
        self.ours.extend(ours.into_iter().filter(allowed));
        let mut theirs = theirs;
        if shape == Shape::Unique && random.chance(15) {
            // A key that our collation takes for the one that ours has.
            // (Nothing may have been planted yet.)
            if let Some(mut row) = theirs.first().or(self.ours.last()).cloned() {
                row.0[CODE] =
                    if random.chance(50) { row.0[CODE].to_lowercase() } else { format!("{} ", row.0[CODE]) };
                theirs.push(row);
            }
        }
        for row in theirs {
            self.theirs.push((1 + u32::from(random.chance(30)), row));
        }
    }

    /// The files, one row a line.
    pub fn files(&self) -> [(String, String); 2] {
        let file = |number: u32| {
            let rows: Vec<String> = (self.theirs.iter().filter(|(file, _)| *file == number))
                .map(|(_, row)| {
                    xml::row(
                        COLUMNS
                            .iter()
                            .zip(&row.0)
                            .map(|(c, text)| (c.name, Some(text.as_str()).filter(|t| !t.is_empty()))),
                    )
                })
                .collect();
            xml::document(&rows)
        };
        [("a.xml".into(), file(1)), ("b.xml".into(), file(2))]
    }
}

/// Keys that a collation confuses, keys without one part, and (rarely) without any.
fn key(random: &mut Random, shape: Shape, n: u64) -> [String; 2] {
    if shape == Shape::Unique {
        let code = random.pick(&["A", "a", "Ä", "A ", " A", "A|", "A~p"]);
        return [format!("{code}{n}"), random.pick(&["0", "-1", "7"]).into()];
    }
    let n = n / 5;
    let code = match random.below(12) {
        0 => String::new(),
        1 => format!("k{n}"),
        2 => format!("K{n} "),
        3 => format!(" K{n}"),
        4 => format!("Ḱ{n}"),
        5 => format!("K{n}\u{301}"),
        6 => format!("K|{n}"),
        7 => format!("K~{n}~p"),
        8 => format!("K'{n}\"\\"),
        _ => format!("K{n}"),
    };
    let number = match random.below(6) {
        0 => String::new(),
        1 => i64::MAX.to_string(),
        2 => format!("-{}", n + 1),
        _ => n.to_string(),
    };
    [code, number]
}

fn content(random: &mut Random, code: String, number: String) -> Row {
    let maybe = |random: &mut Random, text: String| if random.chance(6) { String::new() } else { text };
    let amount = i128::from(random.between(-99_999_999, 99_999_999));
    let rate = i128::from(random.between(-50, 50)) * 10_000;
    let name = random.pick(&["Ada", "Zoë", "Жук", "O'Neil", "x y", "NULL", "a|b~"]).to_owned();
    let note = random
        .pick(&["", " ", "paid", "paid ", "páid", "a\nb", "\"q\",;", "\\", "|", "~", "~p", "漢🙂"])
        .to_owned();
    let quantity = random.between(-5, 5).to_string();
    let day = format!("20{:02}-0{}-1{}", random.below(90) + 10, random.below(9) + 1, random.below(10));
    let memo = memo(random);
    let cells = [
        code,
        number,
        maybe(random, amount_text(amount)),
        maybe(random, amount_text(rate)),
        maybe(random, name),
        note,
        maybe(random, quantity),
        maybe(random, day),
        memo,
    ];
    Row(cells)
}

fn memo(random: &mut Random) -> String {
    random.pick(&["", "m", "M", "\"m\"", "m|", "m~", "\\m", "m\n", "é", "[1]"]).to_owned()
}

/// The same key with one column changed: beyond a tolerance, at its limit, or within it.
fn changed(random: &mut Random, row: &Row, tolerances: Tolerances) -> Row {
    let mut row = row.clone();
    let column = usize::try_from(random.between(2, 8)).expect("a column");
    let cell = &mut row.0[column];
    let number = |text: &str| super::expected::ten_thousandths(text);
    *cell = match column {
        _ if column != MEMO && random.chance(10) => String::new(),
        AMOUNT => {
            let step = random.pick(&[tolerances.absolute, tolerances.absolute + 1, 1, 100]);
            amount_text(number(cell).unwrap_or(0) + step * random.pick(&[-1, 1]))
        }
        RATE => {
            // At the limit of so many percent of the old value, and one ten-thousandth beyond it.
            let old = number(cell).unwrap_or(10_000);
            let limit = old.abs() * tolerances.percent / 1_000_000;
            amount_text(old + (limit + random.pick(&[0, 1, -1])) * random.pick(&[-1, 1]))
        }
        NAME => match random.below(4) {
            0 => cell.to_uppercase(),
            1 => cell.to_lowercase(),
            2 => format!("{cell} "),
            _ => cell.replace('ë', "e"),
        },
        NOTE => format!("{cell}{}", random.pick(&[" ", "x", "\u{301}"])),
        QUANTITY => (cell.parse::<i64>().unwrap_or(0) + random.pick(&[1, -1])).to_string(),
        DAY => "1999-12-31".into(),
        _ => memo(random),
    };
    row
}
