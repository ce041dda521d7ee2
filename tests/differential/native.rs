//! How ours stores a column: its type on every database, the values that all of them can hold, their literals.

use super::{
    calendar::{self, MICROS_OF_DAY},
    domain::{ANY, Domain, PLAIN, WESTERN},
    schema::Kind,
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
    fn new(types: [&str; 4], form: Form, domain: Domain) -> Self {
        Self { types: types.map(str::to_owned), form, domain, strays: false }
    }

    fn straying(self) -> Self {
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

    pub fn sql_type(&self, server: Server) -> &str {
        let n = crate::support::EVERY_KIND.iter().position(|kind| *kind == server).expect("a kind");
        &self.types[n]
    }

    /// Whether no value may be an empty text too.
    pub fn holds_empty_text(&self) -> bool {
        matches!(self.form, Form::Text | Form::NumberText | Form::FlagText)
            && !matches!(self.domain, Domain::Uuid | Domain::Words(_) | Domain::Numbers(_))
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
                text_literal(server, &number_text(random, number, stored.twin))
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
            (Form::FlagText, Value::Flag(flag)) => text_literal(server, flag_word(random, *flag)),
            // Typed by its column.
            (Form::Text, _) if matches!(self.domain, Domain::Uuid) => format!("'{shown}'"),
            (Form::Text | Form::NumberText | Form::FlagText, _) => text_literal(server, &shown),
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

/// A text literal by its bytes, so that no setting of the server matters.
fn text_literal(server: Server, text: &str) -> String {
    let hex = crate::support::digest::hex(text.as_bytes());
    match server {
        Server::Sqlite => format!("CAST(X'{hex}' AS text)"),
        Server::Postgres => format!("convert_from(decode('{hex}', 'hex'), 'UTF8')"),
        Server::MySql | Server::MariaDb => format!("_utf8mb4 X'{hex}'"),
    }
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
    match random.below(16) {
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
    match random.below(12) {
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
        _ => number_texts(random, Domain::Integer { least: -(1 << 60), most: 1 << 60 }),
    }
}

/// Numbers in a text column.
pub fn number_texts(random: &mut Random, domain: Domain) -> Native {
    Native { types: collated(random, "varchar(90)"), form: Form::NumberText, domain, strays: true }
}

/// `narrow`: few enough digits to calculate with.
fn decimal(random: &mut Random, narrow: bool) -> Native {
    let of = |types, whole, fraction| Native::new(types, Form::Number, Domain::Decimal { whole, fraction });
    match random.below(if narrow { 9 } else { 12 }) {
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
        9 => of(["text", "numeric(38,18)", "decimal(38,18)", "decimal(38,18)"], 20, 18),
        10 => of(["text", "numeric(65,30)", "decimal(65,30)", "decimal(65,30)"], 35, 30),
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
