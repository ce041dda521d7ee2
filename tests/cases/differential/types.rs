//! A type of ours for a type of the feed: on every database, with the values that all of them can hold.

use super::{
    calendar::{self, MICROS_OF_DAY},
    domain::{ANY, Domain, PLAIN, WESTERN},
    native::{Form, Native},
    schema::Kind,
};
use crate::support::random::Random;

/// A native type for a column of the feed.
pub fn random(random: &mut Random, kind: Kind, narrow: bool) -> Native {
    match kind {
        Kind::Text => text(random),
        Kind::Integer => integer(random),
        Kind::Decimal => decimal(random, narrow),
        Kind::Date => date(random),
        Kind::Timestamp => timestamp(random),
        Kind::Boolean => boolean(random),
    }
}

/// Of a text column: the character set and collation per server.
fn collated(random: &mut Random, base: &str) -> [String; 4] {
    let sqlite = random.pick(&["", " COLLATE NOCASE", " COLLATE RTRIM", " COLLATE BINARY"]);
    let postgres = random.pick(&["", " COLLATE \"C\"", " COLLATE loose", " COLLATE \"en-x-icu\""]);
    let set = " CHARACTER SET utf8mb4 COLLATE ";
    let mysql = random.pick(&[
        "",
        "utf8mb4_bin",
        "utf8mb4_general_ci",
        "utf8mb4_unicode_ci",
        "utf8mb4_0900_as_cs",
        "utf8mb4_0900_bin",
    ]);
    let maria = random.pick(&[
        "",
        "utf8mb4_bin",
        "utf8mb4_general_ci",
        "utf8mb4_unicode_ci",
        "utf8mb4_nopad_bin",
        "utf8mb4_unicode_520_ci",
    ]);
    let named = |name: &str| if name.is_empty() { String::new() } else { format!("{set}{name}") };
    [
        format!("{base}{sqlite}"),
        format!("{base}{postgres}"),
        format!("{base}{}", named(mysql)),
        format!("{base}{}", named(maria)),
    ]
}

/// For columns of `ignore_case`: letters with another case are A to Z, on every database.
pub fn plain_text(random: &mut Random) -> Native {
    let domain = Domain::Text { pieces: &PLAIN, chars: 60, padded: false };
    Native { types: collated(random, "varchar(300)"), form: Form::Text, domain, strays: false }
}

fn text(random: &mut Random) -> Native {
    let any = |padded| Domain::Text { pieces: &ANY, chars: 120, padded };
    let western = |padded| Domain::Text { pieces: &WESTERN, chars: 40, padded };
    let of = |types, domain| Native { types, form: Form::Text, domain, strays: false };
    match random.below(17) {
        0..=5 => of(collated(random, "varchar(150)"), any(false)),
        6 | 7 => {
            let mut types = collated(random, "text");
            types[2] = types[2].replacen("text", random.pick(&["text", "longtext", "mediumtext"]), 1);
            of(types, any(false))
        }
        8 | 9 => of(collated(random, "char(130)"), any(true)),
        10 => {
            let latin = "varchar(60) CHARACTER SET latin1".to_owned();
            let swedish = format!("{latin} COLLATE latin1_swedish_ci");
            of(["text".into(), "varchar(60)".into(), latin, swedish], western(false))
        }
        11 => Native::new(["blob", "bytea", "varbinary(20)", "varbinary(20)"], Form::Bytes, Domain::Hex),
        12 => {
            let domain = Domain::Shown(Box::new(Domain::Integer { least: -(1 << 40), most: 1 << 40 }));
            Native::new(["integer", "bigint", "bigint", "bigint"], Form::Number, domain)
        }
        15 if random.chance(40) => {
            let domain = Domain::Shown(Box::new(Domain::Integer { least: 0, most: (1 << 40) - 1 }));
            Native::new(["integer", "bigint", "bit(40)", "bit(40)"], Form::Number, domain)
        }
        15 => Native::new(["text", "bit(8)", "char(8)", "char(8)"], Form::Text, Domain::Bits),
        13 => {
            let days = Domain::Shown(Box::new(Domain::Days {
                first: calendar::count(1000, 1, 1),
                last: calendar::count(9999, 12, 31),
            }));
            Native::new(["text", "date", "date", "date"], Form::Day, days)
        }
        14 => Native::new(["text", "uuid", "char(36)", "char(36)"], Form::Text, Domain::Uuid),
        _ => {
            let words = Domain::Words(&["open", "Open", "closed"]);
            let set = "enum('open','Open','closed') CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
            Native::new(["text", "varchar(20)", set, set], Form::Text, words)
        }
    }
}

/// A list of numbers, whose places in it are other numbers.
const DIGITS: &str = "enum('10','20','5','0','3')";

fn integer(random: &mut Random) -> Native {
    let of = |types, least, most| Native::new(types, Form::Number, Domain::Integer { least, most });
    match random.below(15) {
        0..=3 => of(["integer", "bigint", "bigint", "bigint"], i128::from(i64::MIN) + 1, i64::MAX.into()),
        4 => of(["integer", "integer", "int", "int"], i32::MIN.into(), i32::MAX.into()),
        5 => of(["integer", "smallint", "smallint", "smallint"], i16::MIN.into(), i16::MAX.into()),
        6 => of(["text", "numeric(20)", "bigint unsigned", "bigint unsigned"], 0, u64::MAX.into()),
        7 => of(["numeric", "numeric(12,2)", "decimal(12,2)", "decimal(12,2)"], -999_999_999, 999_999_999),
        8 => Native {
            types: ["text", "varchar(9)", DIGITS, DIGITS].map(str::to_owned),
            form: Form::Text,
            domain: Domain::Numbers(&[10, 20, 5, 0, 3]),
            strays: false,
        },
        9 => of(["integer", "bigint", "int unsigned zerofill", "int unsigned zerofill"], 0, u32::MAX.into()),
        10 => of(["text", "numeric", "decimal(38)", "decimal(38)"], -(10i128.pow(37)), 10i128.pow(37)),
        11 => {
            let most = 9_999_999_999_999;
            of(["integer", "money", "decimal(16,2)", "decimal(16,2)"], -most, most)
        }
        12 => bits(random),
        13 => of(["text", "numeric(20)", "bit(64)", "bit(64)"], 0, u64::MAX.into()),
        _ => number_texts(random, Domain::Integer { least: -(1 << 60), most: 1 << 60 }),
    }
}

/// Bits that are read as a number; PostgreSQL has its bits for texts.
fn bits(random: &mut Random) -> Native {
    let (bits, most) = random.pick(&[("bit(1)", 1), ("bit(12)", 4095), ("bit(40)", (1 << 40) - 1)]);
    Native::new(["integer", "bigint", bits, bits], Form::Number, Domain::Integer { least: 0, most })
}

/// Numbers in a text column.
pub fn number_texts(random: &mut Random, domain: Domain) -> Native {
    Native { types: collated(random, "varchar(90)"), form: Form::NumberText, domain, strays: true }
}

/// `narrow`: few enough digits to calculate with.
fn decimal(random: &mut Random, narrow: bool) -> Native {
    let of = |types, whole, fraction| Native::new(types, Form::Number, Domain::Decimal { whole, fraction });
    match random.below(if narrow { 11 } else { 14 }) {
        0 | 1 => of(["decimal(12,2)", "numeric(12,2)", "decimal(12,2)", "decimal(12,2)"], 10, 2),
        2 => of(["numeric", "numeric(14,4)", "decimal(14,4)", "decimal(14,4)"], 10, 4),
        3 => of(["text", "numeric", "decimal(30,10)", "decimal(30,10)"], 12, 10),
        4 => number_texts(random, Domain::Decimal { whole: 12, fraction: 10 }),
        5 => Native::new(
            ["real", "double precision", "double", "double"],
            Form::Double,
            if narrow { Domain::Decimal { whole: 9, fraction: 4 } } else { Domain::Double },
        ),
        6 => Native::new(
            ["integer", "bigint", "bigint", "bigint"],
            Form::Hundredths,
            Domain::Decimal { whole: 11, fraction: 2 },
        ),
        7 => Native::new(["real", "real", "float", "float"], Form::Double, Domain::Single),
        8 => Native::new(
            ["integer", "bigint", "bigint", "bigint"],
            Form::Number,
            Domain::Integer { least: -(1 << 33), most: 1 << 33 },
        ),
        9 => of(["decimal(12,2)", "money", "decimal(12,2)", "decimal(12,2)"], 10, 2),
        10 => bits(random),
        11 => of(["text", "numeric(38,18)", "decimal(38,18)", "decimal(38,18)"], 20, 18),
        12 => of(["text", "numeric(65,30)", "decimal(65,30)", "decimal(65,30)"], 35, 30),
        _ => number_texts(random, Domain::Decimal { whole: 34, fraction: 29 }),
    }
}

fn date(random: &mut Random) -> Native {
    let (first, last) = (calendar::count(1000, 1, 1), calendar::count(9999, 12, 31));
    let days = Domain::Days { first, last };
    match random.below(8) {
        0..=3 => Native::new(["text", "date", "date", "date"], Form::Day, days),
        4 | 5 => Native::new(["text", "timestamp", "datetime(6)", "datetime(6)"], Form::DayAtMidnight, days)
            .straying(),
        6 => {
            let days = Domain::Days { first: calendar::count(1970, 1, 3), last: calendar::count(2038, 1, 1) };
            Native::new(
                ["text", "timestamptz", "timestamp(6) NULL", "timestamp(6) NULL"],
                Form::DayAtMidnight,
                days,
            )
        }
        _ => Native::new(["text", "varchar(30)", "varchar(30)", "varchar(30)"], Form::Text, days),
    }
}

fn timestamp(random: &mut Random) -> Native {
    let (first, last) = (calendar::count(1000, 1, 1), calendar::count(9999, 12, 30));
    let moments = |unit| Domain::Moments { first, last, unit };
    match random.below(8) {
        0..=2 => Native::new(["text", "timestamp", "datetime(6)", "datetime(6)"], Form::Moment, moments(1)),
        3 => Native::new(["text", "timestamp(3)", "datetime(3)", "datetime(3)"], Form::Moment, moments(1000)),
        4 => Native::new(["text", "timestamp(0)", "datetime", "datetime"], Form::Moment, moments(1_000_000)),
        5 | 6 => {
            let (first, last) = (calendar::count(1970, 1, 3), calendar::count(2038, 1, 1));
            let domain = Domain::Moments { first, last, unit: 1 };
            Native::new(
                ["text", "timestamptz", "timestamp(6) NULL", "timestamp(6) NULL"],
                Form::Instant,
                domain,
            )
        }
        _ => {
            let midnights = Domain::Moments { first, last, unit: MICROS_OF_DAY };
            Native::new(["text", "date", "date", "date"], Form::Day, midnights)
        }
    }
}

fn boolean(random: &mut Random) -> Native {
    let of = |types, form| Native::new(types, form, Domain::Flags);
    match random.below(6) {
        0 | 1 => of(["boolean", "boolean", "boolean", "boolean"], Form::Flag),
        2 => Native::new(["integer", "integer", "int", "int"], Form::Number, Domain::Flags),
        3 => of(["integer", "boolean", "bit(1)", "bit(1)"], Form::FlagBit),
        4 => flag_texts(random),
        _ => Native::new(
            ["numeric", "numeric(3,1)", "decimal(3,1)", "decimal(3,1)"],
            Form::Number,
            Domain::Flags,
        ),
    }
}

/// Words for true and false.
pub fn flag_texts(random: &mut Random) -> Native {
    Native {
        types: collated(random, "varchar(10)"),
        form: Form::FlagText,
        domain: Domain::Flags,
        strays: true,
    }
}
