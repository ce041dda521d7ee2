//! A random column: its type, its role, where theirs writes it and what the feed does to it.

use super::{
    column::{Column, Generated, Place, Role, Rule, Twist},
    domain::{ANY, Domain},
    native::{Form, Native},
    schema::{Index, Kind},
    spell, types,
    value::{Number, Value},
    zone::{self, Zone},
};
use crate::support::random::Random;

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

/// The columns of a schema, and which of them tells keys apart. `spelled`: by numbers in a text column.
pub fn columns(random: &mut Random, number: u64, index: Index, spelled: bool) -> (Vec<Column>, usize) {
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
    (columns, counted)
}

/// `turn`: the number of the schema where the column is the one that has what every few schemas must have.
fn column(random: &mut Random, n: i64, key: bool, turn: Option<u64>) -> Column {
    let turn = turn.map(|number| number % 6);
    let (kind, rule) = drawn(random, turn.unwrap_or(9));
    let role = role(random, key, rule.is_some());
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
    let twist = if turn == Some(5) { zone(random) } else { twist(random, kind, &native, place) };
    let mut column = Column {
        twist,
        null_if: random.chance(15),
        nullable: random.chance(75),
        generated: generated(random, &native),
        default: None,
        name,
        ours,
        kind,
        role,
        rule,
        native,
        place,
        late: matches!(place, Place::Above | Place::Parent { attribute: false }) && random.chance(50),
        pool,
    };
    fit_pool(random, &mut column, pooled);
    if column.twist == Twist::None && random.chance(6) {
        let value = column.domain().value(random);
        column.default = Some(value).filter(|value| !key && !value.shown().is_empty());
    }
    column
}

fn role(random: &mut Random, key: bool, ruled: bool) -> Role {
    match random.below(10) {
        _ if key => Role::Key,
        _ if ruled => Role::Compared,
        0 => Role::Carried { asked: false },
        1 => Role::Carried { asked: true },
        _ => Role::Compared,
    }
}

/// Adds the values that the column's options are about.
fn fit_pool(random: &mut Random, column: &mut Column, pooled: bool) {
    let domain = &column.native.domain;
    match (column.twist, domain) {
        (Twist::Map, Domain::Text { pieces, .. }) if pieces.len() == ANY.len() => {
            column.pool.extend(spell::MAPPED.map(|(_, to)| Value::Text(to.to_owned())));
        }
        (Twist::Zone(zone), _) if pooled => {
            column.pool.extend((0..3).filter_map(|_| zone.value(random, domain)));
        }
        _ => {}
    }
}

fn generated(random: &mut Random, native: &Native) -> Option<Generated> {
    // What a `timestamp` of MySQL is without a word about NULL hangs on a setting.
    if native.types[2].ends_with(" NULL") || !random.chance(20) {
        return None;
    }
    Some(Generated { stored: random.chance(50), negated: native.negates() && random.chance(60) })
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
        5 => (Kind::Timestamp, Some(Rule::Exact)),
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
    match random.below(14) {
        0 | 1 => Place::Attribute,
        2 => Place::Nested,
        3 => Place::NestedAttribute,
        4 => Place::Either,
        5 => Place::Parent { attribute: random.chance(50) },
        6 => Place::Above,
        7 | 8 => Place::Lookup { before: random.chance(30) },
        _ => Place::Element,
    }
}

fn twist(random: &mut Random, kind: Kind, native: &Native, place: Place) -> Twist {
    let element = matches!(place, Place::Element | Place::Nested | Place::Either | Place::Lookup { .. });
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
        Kind::Date if random.chance(40) => zone(random),
        Kind::Date if !native.strays => Twist::Format(random.pick(&["%d.%m.%Y", "%Y%m%d", "%m/%d/%Y"])),
        Kind::Timestamp if random.chance(25) => Twist::Format("%d.%m.%Y %H:%M:%S%.f"),
        Kind::Timestamp => zone(random),
        _ => Twist::None,
    }
}

fn zone(random: &mut Random) -> Twist {
    let (fixed, changing): (&'static [Zone], &'static [Zone]) = (&zone::FIXED, &zone::CHANGING);
    let all = if random.chance(25) { fixed } else { changing };
    Twist::Zone(&all[usize::try_from(random.below(all.len() as u64)).expect("few")])
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
    column.generated = generated(random, &column.native);
    column.place = if random.chance(10) { Place::Lookup { before: false } } else { Place::Element };
    column.late = false;
    column.twist = twist(random, column.kind, &column.native, column.place);
    column.pool = Vec::new();
    if column.native.form == Form::Hundredths && column.ours == column.name {
        column.ours = "counted".into();
    } else if spelled {
        column.ours.clone_from(&column.name);
    }
}
