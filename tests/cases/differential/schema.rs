//! A random schema: columns, how theirs is laid out, what ours is.

use super::{
    column::Column,
    draw,
    scope::{self, Scope},
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    Plain,
    Gzip,
    Zstd,
    /// All files in one archive.
    Zip,
}

#[expect(clippy::struct_excessive_bools, reason = "each is drawn by itself")]
pub struct Schema {
    pub number: u64,
    /// The place among the sets of its feed, where there are several.
    pub set: Option<usize>,
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
    /// Whether it leaves out what theirs does not speak of.
    pub scope: Option<Scope>,
    /// Whether `[xml] where` leaves rows out.
    pub filtered: bool,
    pub quarantine: bool,
    /// Whether rows stand below an element of their own.
    pub explode: bool,
    /// Whether a namespace is the documents' own, and under a prefix.
    pub namespace: Option<&'static str>,
    pub encodings: Vec<Encoding>,
    pub packing: Packing,
    /// Whether something else lies in the archive, which the feed leaves out.
    pub beside: bool,
    pub chunk_rows: u64,
    pub matched: bool,
    pub audit: Option<&'static str>,
    /// A column that is added up, and the one per whose values it is.
    pub total: Option<(usize, usize)>,
    /// Entities, which become rows on one side or on both; more of them once small schemas have had their turn.
    pub entities: u64,
}

pub const FEED: &str = "differential";
pub const SETS: [&str; 3] = ["one", "two-2", "3"];
const ENCODINGS: [Encoding; 5] =
    [Encoding::Utf8, Encoding::Utf8, Encoding::Utf8Mark, Encoding::Utf16, Encoding::Latin1];

impl Schema {
    /// The sets of a feed, which share their documents: one, or in turn several.
    pub fn sets(base: u64, number: u64) -> Vec<Self> {
        let first = Self::new(base, number);
        if number % 4 != 2 {
            return vec![first];
        }
        let count = Random::new(first.seed ^ 3).pick(&[2, 2, 3]);
        let others = (1..count).map(|set| {
            // Of another turn; 1009 is no multiple of any.
            let own = Self::new(base, number + 1009 * set);
            Self {
                number,
                quarantine: first.quarantine,
                namespace: first.namespace,
                encodings: first.encodings.clone(),
                packing: first.packing,
                beside: first.beside,
                chunk_rows: first.chunk_rows,
                matched: first.matched,
                audit: first.audit,
                ..own
            }
        });
        let mut all: Vec<Self> = others.collect();
        all.insert(0, first);
        for (set, schema) in all.iter_mut().enumerate() {
            schema.set = Some(set);
            schema.entities = schema.entities.min(200);
        }
        all
    }

    /// What tells its tables from those of others.
    pub fn id(&self) -> String {
        self.set.map_or_else(|| self.number.to_string(), |set| format!("{}_{set}", self.number))
    }

    /// An element's name, which is its own among the sets.
    pub fn tag(&self, name: &str) -> String {
        self.set.map_or_else(|| name.to_owned(), |set| format!("{name}-{set}"))
    }

    /// The feed's name in the database.
    pub fn feed(&self) -> String {
        self.set.map_or_else(|| FEED.to_owned(), |set| format!("{FEED}-{}", SETS[set]))
    }

    fn new(base: u64, number: u64) -> Self {
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
        let (columns, counted) = draw::columns(random, number, index, spelled);
        let packing = match number % 5 {
            1 => Packing::Zip,
            3 => random.pick(&[Packing::Gzip, Packing::Zstd]),
            _ => Packing::Plain,
        };
        let files = random.pick(if packing == Packing::Zip { &[1, 2, 3, 4] } else { &[1, 1, 1, 2, 3] });
        Self {
            number,
            set: None,
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
            scope: if number % 3 == 1 { scope::drawn(random, &columns) } else { None },
            filtered: random.chance(20),
            quarantine: random.chance(50),
            explode: random.chance(25),
            namespace: random.pick(&[None, None, Some(""), Some("n")]),
            encodings: (0..files).map(|_| random.pick(&ENCODINGS)).collect(),
            packing,
            beside: packing == Packing::Zip && random.chance(40),
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
