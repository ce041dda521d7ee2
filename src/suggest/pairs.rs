//! Which rows without a partner go together: the best first, each at most once.
//!
//! What must agree exactly makes a group, so groups are looked at one by one. Within a group a round takes the
//! pairs of one distance in days, nearest first, and then those of opposite sign; so what a round has to hold is
//! bounded: of each day a row meets only the rows whose keys, as letters and digits, are nearest to its own.

use super::alike::{Compared, RemainingColumns};
use crate::model::checksum;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

/// Of a day, a row meets so many with a smaller and so many with a greater key.
const NEIGHBOURS: usize = 16;

/// Up to so many rows of a group, a round goes on until nobody is left who would fit.
const CROWD: usize = 1000;

/// A row that the other side lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoneRow {
    /// What must agree: the amount without its sign, and the currency.
    pub group: String,
    /// The amount's sign.
    pub negative: bool,
    /// The date.
    pub day: i32,
    /// The key, encoded.
    pub key: String,
    /// Its letters and digits only, so that keys that are alike stand side by side.
    pub plain: String,
    /// All fields, encoded.
    pub text: String,
    /// Its place in the results.
    pub seq: i64,
    /// Its id in `breaks.csv`.
    pub id: String,
    /// File number, record, line, of a row of theirs.
    pub place: Option<(u32, u64, u64)>,
}

impl LoneRow {
    /// By bytes, never by a database's order.
    fn rank(&self) -> (&str, bool, i32, &str, &str, i64) {
        (&self.group, self.negative, self.day, &self.plain, &self.text, self.seq)
    }

    /// Its fields.
    pub fn fields(&self) -> Vec<String> {
        checksum::decode(&self.text)
    }
}

/// Two rows that are probably the same thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Theirs.
    pub theirs: Arc<LoneRow>,
    /// Ours.
    pub ours: Arc<LoneRow>,
    /// How far their dates are apart.
    pub days: u32,
    /// In which other columns they agree, …
    pub compared: Compared,
    /// … as a number.
    pub score: u32,
    /// How many other rows would have fitted equally well.
    pub others: u64,
}

impl Pair {
    /// The amounts are each other's negative.
    pub fn opposite(&self) -> bool {
        self.theirs.negative != self.ours.negative
    }

    /// What speaks for the pair beyond the amount, or against it.
    pub fn why(&self) -> &'static str {
        if self.opposite() {
            "opposite_sign"
        } else if self.compared.reference {
            "reference_alike"
        } else if self.days == 0 {
            "same_date"
        } else {
            "near_date"
        }
    }
}

/// All pairs, by rank.
pub fn find(theirs: Vec<LoneRow>, ours: Vec<LoneRow>, days: u32, comparison: &RemainingColumns) -> Vec<Pair> {
    let sorted = |rows: Vec<LoneRow>| {
        let mut rows: Vec<Arc<LoneRow>> = rows.into_iter().map(Arc::new).collect();
        rows.sort_unstable_by(|a, b| a.rank().cmp(&b.rank()));
        rows
    };
    let (theirs, ours) = (sorted(theirs), sorted(ours));
    let mut pairs = Vec::new();
    for theirs in theirs.chunk_by(|a, b| a.group == b.group) {
        let group = &theirs[0].group;
        let begin = ours.partition_point(|row| row.group < *group);
        let length = ours[begin..].partition_point(|row| row.group == *group);
        if length > 0 {
            SameAmount::new(theirs, &ours[begin..begin + length]).find(days, comparison, &mut pairs);
        }
    }
    let by = |pair: &Pair| (pair.opposite(), pair.days, Reverse(pair.score));
    pairs.sort_by(|a, b| {
        let keys = (&a.theirs.key, &a.ours.key).cmp(&(&b.theirs.key, &b.ours.key));
        by(a).cmp(&by(b)).then(keys).then_with(|| a.theirs.rank().cmp(&b.theirs.rank()))
    });
    pairs
}

/// The rows of one amount and currency, in their order.
struct SameAmount<'a> {
    theirs: &'a [Arc<LoneRow>],
    ours: &'a [Arc<LoneRow>],
    fields: (Vec<Vec<String>>, Vec<Vec<String>>),
    /// Places of rows that are not claimed yet, in order.
    free: (Vec<usize>, Vec<usize>),
}

/// Score, then the places of theirs and ours.
type Candidate = (Reverse<u32>, u32, u32);

impl<'a> SameAmount<'a> {
    fn new(theirs: &'a [Arc<LoneRow>], ours: &'a [Arc<LoneRow>]) -> Self {
        let fields = |rows: &[Arc<LoneRow>]| rows.iter().map(|row| row.fields()).collect();
        let free = ((0..theirs.len()).collect(), (0..ours.len()).collect());
        Self { theirs, ours, fields: (fields(theirs), fields(ours)), free }
    }

    fn find(mut self, days: u32, comparison: &RemainingColumns, pairs: &mut Vec<Pair>) {
        let crowded = self.theirs.len().max(self.ours.len()) > CROWD;
        for opposite in [false, true] {
            for apart in 0..=days {
                while self.round(opposite, apart, comparison, pairs) && !crowded {}
            }
        }
    }

    /// Gives whether it made a pair.
    fn round(
        &mut self,
        opposite: bool,
        apart: u32,
        comparison: &RemainingColumns,
        pairs: &mut Vec<Pair>,
    ) -> bool {
        if self.free.0.is_empty() || self.free.1.is_empty() {
            return false;
        }
        let mut candidates = self.candidates(opposite, apart, comparison);
        candidates.sort_unstable();
        let mut claimed = (HashSet::new(), HashSet::new());
        for equal in candidates.chunk_by(|a, b| a.0 == b.0) {
            self.claim(equal, apart, comparison, &mut claimed, pairs);
        }
        self.free.0.retain(|n| !claimed.0.contains(n));
        self.free.1.retain(|n| !claimed.1.contains(n));
        !claimed.0.is_empty()
    }

    /// Pairs of free rows that are exactly so many days apart.
    fn candidates(&self, opposite: bool, apart: u32, comparison: &RemainingColumns) -> Vec<Candidate> {
        let apart = i32::try_from(apart).unwrap_or(i32::MAX);
        let mut candidates = Vec::new();
        for &t in &self.free.0 {
            let row = &self.theirs[t];
            let days = [row.day.saturating_sub(apart), row.day.saturating_add(apart)];
            for &day in &days[..if apart == 0 { 1 } else { 2 }] {
                for &o in self.near(row, row.negative != opposite, day) {
                    let score = comparison.score(&self.fields.0[t], &self.fields.1[o]);
                    // Far fewer rows are held.
                    let place = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
                    candidates.push((Reverse(score), place(t), place(o)));
                }
            }
        }
        candidates
    }

    /// Free rows of ours of this sign and day, those whose keys are nearest.
    fn near(&self, row: &LoneRow, negative: bool, day: i32) -> &[usize] {
        let free = &self.free.1;
        let at = |plain: &str| {
            free.partition_point(|&o| {
                let ours = &self.ours[o];
                (ours.negative, ours.day, ours.plain.as_str()) < (negative, day, plain)
            })
        };
        let begin = at("");
        let end = free.partition_point(|&o| (self.ours[o].negative, self.ours[o].day) <= (negative, day));
        let middle = at(&row.plain);
        &free[middle.saturating_sub(NEIGHBOURS).max(begin)..(middle + NEIGHBOURS).min(end)]
    }

    /// Claims pairs that fit equally well, in the order of their keys.
    fn claim(
        &self,
        equal: &[Candidate],
        apart: u32,
        comparison: &RemainingColumns,
        claimed: &mut (HashSet<usize>, HashSet<usize>),
        pairs: &mut Vec<Pair>,
    ) {
        let places = equal.iter().map(|(_, t, o)| (*t as usize, *o as usize));
        let open: Vec<(usize, usize)> =
            places.filter(|(t, o)| !claimed.0.contains(t) && !claimed.1.contains(o)).collect();
        // How many would have fitted, counted before any of them is taken.
        let mut fits: (BTreeMap<usize, u64>, BTreeMap<usize, u64>) = Default::default();
        for (t, o) in &open {
            *fits.0.entry(*t).or_default() += 1;
            *fits.1.entry(*o).or_default() += 1;
        }
        for (t, o) in open {
            if claimed.0.contains(&t) || claimed.1.contains(&o) {
                continue;
            }
            claimed.0.insert(t);
            claimed.1.insert(o);
            pairs.push(Pair {
                theirs: self.theirs[t].clone(),
                ours: self.ours[o].clone(),
                days: apart,
                compared: comparison.compare(&self.fields.0[t], &self.fields.1[o]),
                score: equal[0].0.0,
                others: fits.0[&t] + fits.1[&o] - 2,
            });
        }
    }
}
