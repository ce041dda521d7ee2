//! A random schema: columns, how theirs is laid out, what ours is.

use super::{
    column::{Column, Place, Role, Rule, Twist},
    domain::{ANY, Domain},
    native::{Form, Native},
    spell, types,
    value::{Number, Value},
};
use crate::support::random::Random;

/// A type of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Integer,
    Decimal,
    Date,
    Timestamp,
    Boolean,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Integer => "integer",
            Kind::Decimal => "decimal",
            Kind::Date => "date",
            Kind::Timestamp => "timestamp",
            Kind::Boolean => "boolean",
        }
    }

    pub fn number(self) -> bool {
        matches!(self, Kind::Integer | Kind::Decimal)
    }
}

/// What ours is read through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    Table,
    QuotedTable,
    View,
    Query,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    None,
    Plain,
    Unique,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf8Mark,
    Utf16,
    Latin1,
}

#[expect(clippy::struct_excessive_bools, reason = "each is drawn by itself")]
pub struct Schema {
    pub number: u64,
    pub seed: u64,
    pub columns: Vec<Column>,
    /// Which key column tells keys apart.
    pub counted: usize,
    pub reads: Reads,
    pub index: Index,
    /// Whether ours is in partitions.
    pub partitions: bool,
    /// Whether `[ours] where` leaves rows out.
    pub scoped: bool,
    /// Whether `[xml] where` leaves rows out.
    pub filtered: bool,
    pub quarantine: bool,
    /// Whether rows stand below an element of their own.
    pub explode: bool,
    /// Whether a namespace is the documents' own, and under a prefix.
    pub namespace: Option<&'static str>,
    pub encodings: Vec<Encoding>,
    /// Whether the files are packed.
    pub packed: bool,
    pub chunk_rows: u64,
    pub matched: bool,
    pub audit: Option<&'static str>,
    /// A column that is added up, and the one per whose values it is.
    pub total: Option<(usize, usize)>,
    /// Entities, which become rows on one side or on both; more of them once small schemas have had their turn.
    pub entities: u64,
}

const KINDS: [Kind; 12] = [
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Integer,
    Kind::Integer,
    Kind::Decimal,
    Kind::Decimal,
    Kind::Decimal,
    Kind::Date,
    Kind::Timestamp,
    Kind::Boolean,
];

const NAMES: [&str; 16] = [
    "amount",
    "Ref",
    "order",
    "select",
    "value date",
    "Größe",
    "a-b",
    "x$1",
    "it's",
    "key",
    "a.b",
    "列",
    "group",
    "p:q",
    "user",
    "Text",
];
/// Names of ours, which a feed can spell as an expression on every database.
const OWN_NAMES: [&str; 8] = ["with space", "Upper", "from", "naïve", "it's", "a,b", "x.y", "?"];

impl Schema {
    pub fn new(base: u64, number: u64) -> Self {
        let seed = Random::new(base ^ number.wrapping_mul(0xd6e8_feb8_6659_fd93)).next();
        let mut random = Random::new(seed);
        let random = &mut random;
        // In turn: a unique index over a number's texts, which proves no number to stand there once.
        let spelled = number % 8 == 5;
        let index = if spelled {
            Index::Unique
        } else {
            random.pick(&[Index::None, Index::Plain, Index::Unique, Index::Unique])
        };
        let keys = random.pick(&[1, 1, 2, 2, 3]);
        let others = if random.chance(4) { 30 } else { random.between(1, 9) };
        let mut columns: Vec<Column> =
            (0..keys + others).map(|n| column(random, n, n < keys, (n == keys).then_some(number))).collect();
        let counted = usize::try_from(random.below(u64::try_from(keys).expect("few"))).expect("few");
        counting(random, &mut columns[counted], spelled);
        for key in columns.iter_mut().filter(|column| column.key() && index == Index::Unique) {
            // In some, a unique index that lets NULL be there several times.
            key.nullable &= !spelled && random.chance(40);
        }
        // The feed's order is any order.
        let name = columns[counted].name.clone();
        random.shuffle(&mut columns);
        let counted = columns.iter().position(|column| column.name == name).expect("still there");
        let files = random.pick(&[1, 1, 1, 2, 3]);
        Self {
            number,
            seed,
            counted,
            reads: if spelled {
                Reads::Table
            } else {
                random.pick(&[Reads::Table, Reads::Table, Reads::QuotedTable, Reads::View, Reads::Query])
            },
            index,
            partitions: index != Index::Unique && random.chance(25),
            scoped: random.chance(30),
            filtered: random.chance(20),
            quarantine: random.chance(50),
            explode: random.chance(25),
            namespace: random.pick(&[None, None, Some(""), Some("n")]),
            encodings: (0..files)
                .map(|_| {
                    random.pick(&[
                        Encoding::Utf8,
                        Encoding::Utf8,
                        Encoding::Utf8Mark,
                        Encoding::Utf16,
                        Encoding::Latin1,
                    ])
                })
                .collect(),
            packed: random.chance(10),
            chunk_rows: random.pick(&[1, 7, 53, 1000, 100_000]),
            matched: random.chance(75),
            total: total(random, &columns),
            audit: random.pick(&[None, None, None, Some("0"), Some("7"), Some("\"all\"")]),
            entities: random.pick(if number < 40 {
                &[20, 60, 100, 150, 200]
            } else {
                &[20, 150, 300, 700, 1500]
            }),
            columns,
        }
    }

    /// Whether a column stands in the detail, where rows have such.
    pub fn inside(&self, column: usize) -> bool {
        self.explode && !self.columns[column].place.shared() && column.is_multiple_of(2)
    }

    pub fn keys(&self) -> impl Iterator<Item = (usize, &Column)> {
        self.columns.iter().enumerate().filter(|(_, column)| column.key())
    }
}

/// Of numbers that are short enough to add them up.
fn total(random: &mut Random, columns: &[Column]) -> Option<(usize, usize)> {
    let all = 0..columns.len();
    let short: Vec<usize> = all.clone().filter(|&n| columns[n].compared() && columns[n].adds_up()).collect();
    let groups: Vec<usize> = all.filter(|&n| columns[n].asked() && !columns[n].kind.number()).collect();
    let some = !short.is_empty() && !groups.is_empty() && random.chance(60);
    some.then(|| (random.pick(&short), random.pick(&groups)))
}

/// `turn`: the number of the schema where the column is the one that has what every few schemas must have.
fn column(random: &mut Random, n: i64, key: bool, turn: Option<u64>) -> Column {
    let (kind, rule) = drawn(random, turn.map_or(9, |number| number % 6));
    let role = match random.below(10) {
        _ if key => Role::Key,
        _ if rule.is_some() => Role::Compared,
        0 => Role::Carried { asked: false },
        1 => Role::Carried { asked: true },
        _ => Role::Compared,
    };
    let rule = match rule {
        Some(rule) => rule,
        None if role == Role::Compared => some_rule(random, kind),
        None => Rule::Exact,
    };
    let native = match rule {
        Rule::AnyCase => types::plain_text(random),
        Rule::Exact if turn.is_some() && kind == Kind::Boolean => types::flag_texts(random),
        Rule::Exact => types::random(random, kind, false),
        _ if kind == Kind::Integer => narrow_integer(random),
        _ => types::random(random, kind, true),
    };
    let native = if key { native } else { native.lengthened() };
    let name = if random.chance(60) { format!("c{n}") } else { format!("{} {n}", random.pick(&NAMES)) };
    let expressed = native.form == Form::Hundredths || matches!(role, Role::Carried { asked: true });
    let ours = match random.below(4) {
        0 => format!("{} {n}", random.pick(&OWN_NAMES)),
        _ if expressed => format!("o{n}"),
        _ => name.clone(),
    };
    let place = place(random);
    let pooled = place.shared() || random.chance(if key { 80 } else { 15 });
    let pool = if pooled {
        (0..random.pick(&[2, 3, 5])).map(|_| native.domain.value(random)).collect()
    } else {
        Vec::new()
    };
    let mut column = Column {
        twist: twist(random, kind, &native, place),
        null_if: random.chance(15),
        nullable: random.chance(75),
        default: None,
        name,
        ours,
        kind,
        role,
        rule,
        native,
        place,
        pool,
    };
    if let (Twist::Map, Domain::Text { pieces, .. }) = (column.twist, &column.native.domain)
        && pieces.len() == ANY.len()
    {
        column.pool.extend(spell::MAPPED.map(|(_, to)| Value::Text(to.to_owned())));
    }
    if column.twist == Twist::None && random.chance(6) {
        let value = column.domain().value(random);
        column.default = Some(value).filter(|value| !key && !value.shown().is_empty());
    }
    column
}

fn narrow_integer(random: &mut Random) -> Native {
    loop {
        let native = types::random(random, Kind::Integer, true);
        if let Domain::Integer { least, most } = native.domain
            && least >= -(1 << 62)
            && most <= 1 << 62
        {
            return native;
        }
    }
}

/// A type, and in turn a rule that schemas at random might not have.
fn drawn(random: &mut Random, turn: u64) -> (Kind, Option<Rule>) {
    let number = random.pick(&[Kind::Decimal, Kind::Decimal, Kind::Integer]);
    match turn {
        0 | 1 => (number, Some(within(random))),
        2 => (number, Some(percent(random))),
        3 => (Kind::Text, Some(Rule::AnyCase)),
        4 => (Kind::Boolean, Some(Rule::Exact)),
        _ => (random.pick(&KINDS), None),
    }
}

fn some_rule(random: &mut Random, kind: Kind) -> Rule {
    match kind {
        Kind::Text if random.chance(12) => Rule::AnyCase,
        _ if kind.number() && random.chance(20) => within(random),
        _ if kind.number() && random.chance(15) => percent(random),
        _ => Rule::Exact,
    }
}

fn within(random: &mut Random) -> Rule {
    let scale = random.pick(&[0, 2, 2, 4, 10]);
    Rule::Within(Number::scaled(random.pick(&[0, 1, 1, 5, 100, 12345]), scale))
}

fn percent(random: &mut Random) -> Rule {
    Rule::Percent(Number::scaled(random.pick(&[0, 1, 50, 1000, 12_500, 1_000_000]), 4))
}

fn place(random: &mut Random) -> Place {
    match random.below(12) {
        0 | 1 => Place::Attribute,
        2 => Place::Nested,
        3 => Place::NestedAttribute,
        4 => Place::Either,
        5 => Place::Parent { attribute: random.chance(50) },
        6 => Place::Above,
        _ => Place::Element,
    }
}

fn twist(random: &mut Random, kind: Kind, native: &Native, place: Place) -> Twist {
    let element = matches!(place, Place::Element | Place::Nested | Place::Either);
    if random.chance(45) {
        return Twist::None;
    }
    match kind {
        Kind::Text => {
            let repeated = [Twist::Join, Twist::First, Twist::Last];
            let all = [
                Twist::Trim,
                Twist::Collapse,
                Twist::Strip,
                Twist::Pattern,
                Twist::Map,
                Twist::Upper,
                Twist::Lower,
            ];
            if element && random.chance(35) { random.pick(&repeated) } else { random.pick(&all) }
        }
        // Beside a row's own value stands its sign or its factor.
        Kind::Integer if !place.shared() => random.pick(&[Twist::Sign, Twist::Thousands]),
        Kind::Decimal if !place.shared() => {
            random.pick(&[Twist::Sign, Twist::Thousands, Twist::DecimalComma, Twist::Multiply, Twist::Divide])
        }
        Kind::Date if !native.strays => Twist::Format(random.pick(&["%d.%m.%Y", "%Y%m%d", "%m/%d/%Y"])),
        Kind::Timestamp => random.pick(&[
            Twist::Format("%d.%m.%Y %H:%M:%S%.f"),
            Twist::Zone(3),
            Twist::Zone(-11),
            Twist::Zone(14),
        ]),
        _ => Twist::None,
    }
}

/// Makes a column tell keys apart.
fn counting(random: &mut Random, column: &mut Column, spelled: bool) {
    let kinds =
        [Kind::Text, Kind::Text, Kind::Text, Kind::Integer, Kind::Decimal, Kind::Date, Kind::Timestamp];
    column.kind = if spelled { Kind::Decimal } else { random.pick(&kinds) };
    column.native = loop {
        let native = if spelled {
            types::number_texts(random, Domain::Decimal { whole: 12, fraction: 4 })
        } else {
            types::random(random, column.kind, false)
        };
        if native.domain.numbered(9000).is_some() && native.form != Form::Double {
            break native;
        }
    };
    column.place = Place::Element;
    column.twist = twist(random, column.kind, &column.native, column.place);
    column.pool = Vec::new();
    if column.native.form == Form::Hundredths && column.ours == column.name {
        column.ours = "counted".into();
    } else if spelled {
        column.ours.clone_from(&column.name);
    }
}
