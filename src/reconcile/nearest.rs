//! Which rows of one key cancel where they agree within tolerances: the nearest pair first, then the nearest of what is
//! left. Pure, and exact: every database gives the same.
//!
//! Pairs are taken in this order, each row once: by the difference in the first column with a tolerance, then in the next
//! one, and so on; then by the id of theirs; then by the values of ours.

#[cfg(test)]
mod tests;

use bigdecimal::BigDecimal;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, VecDeque},
};

/// Rows that one block may have, pairs in it that agree, and pairs that are looked at for that.
const ROWS: usize = 500_000;
const PAIRS: usize = 200_000;
const LOOKS: usize = 10_000_000;

/// How one column compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LooseRule {
    /// Its values differ by so much at most.
    Absolute(BigDecimal),
    /// Or by so many per cent of ours.
    Percent(BigDecimal),
    /// They are equal but for letter case, says the database.
    Text,
}

impl LooseRule {
    fn agree(&self, theirs: &BigDecimal, ours: &BigDecimal) -> bool {
        let difference = (theirs - ours).abs();
        match self {
            Self::Absolute(limit) => difference <= *limit,
            Self::Percent(limit) => difference * BigDecimal::from(100) <= ours.abs() * limit,
            Self::Text => true,
        }
    }

    /// Of two values on one side of another, the nearer agrees with it if the farther does.
    fn is_monotonous(&self) -> bool {
        let whole = BigDecimal::from(100);
        !matches!(self, Self::Percent(limit) if *limit > whole)
    }
}

/// A value of a loose column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LooseCell {
    /// What is no number: it agrees with the same only, and both sides of a block have the same.
    None,
    /// A number.
    Number(BigDecimal),
    /// A text.
    Text(String),
}

/// Rows of one key that agree in all columns but those with a tolerance, letter case aside, and that have no equal.
#[derive(Debug, Default)]
pub struct LooseBlock {
    theirs: Vec<(i64, Vec<LooseCell>)>,
    ours: Vec<(Vec<LooseCell>, String)>,
    rows: usize,
}

/// A row of theirs, and the group of its partner.
type Partners = Vec<(i64, String)>;

impl LooseBlock {
    /// Adds a row of theirs.
    pub fn theirs(&mut self, id: i64, cells: Vec<LooseCell>) {
        self.rows += 1;
        if self.rows <= ROWS {
            self.theirs.push((id, cells));
        }
    }

    /// Adds one of ours.
    pub fn ours(&mut self, group: String, cells: Vec<LooseCell>) {
        self.rows += 1;
        if self.rows <= ROWS {
            self.ours.push((cells, group));
        }
    }

    /// How many there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Which of them cancel; `None` where there are too many to tell.
    #[must_use]
    pub fn pairs(mut self, rules: &[LooseRule]) -> Option<Partners> {
        if self.rows > ROWS {
            return None;
        }
        self.ours.sort_unstable();
        self.theirs.sort_unstable();
        // A number agrees with a number only.
        let shape =
            |cells: &[LooseCell]| cells.iter().map(|cell| *cell == LooseCell::None).collect::<Vec<_>>();
        let mut parts: BTreeMap<Vec<bool>, SameShape> = BTreeMap::new();
        for (id, cells) in self.theirs {
            let part = parts.entry(shape(&cells)).or_default();
            part.theirs.entry(numbers(&cells)).or_default().push_back(id);
        }
        for (cells, group) in self.ours {
            let part = parts.entry(shape(&cells)).or_default();
            part.ours.entry(numbers(&cells)).or_default().push_back(group);
        }
        let mut pairs = Vec::new();
        for (shape, part) in parts {
            let active = rules.iter().zip(&shape).filter(|(rule, none)| **rule != LooseRule::Text && !**none);
            let active: Vec<&LooseRule> = active.map(|(rule, _)| rule).collect();
            match active.as_slice() {
                [] => part.all(&mut pairs),
                [rule] if rule.is_monotonous() => part.along_a_line(rule, &mut pairs),
                several => part.among_all(several, &mut pairs)?,
            }
        }
        Some(pairs)
    }
}

fn numbers(cells: &[LooseCell]) -> Vec<BigDecimal> {
    let number =
        |cell: &LooseCell| if let LooseCell::Number(number) = cell { Some(number.clone()) } else { None };
    cells.iter().filter_map(number).collect()
}

/// Rows of one shape, by their numbers; theirs in the order of their ids, ours in that of their values.
#[derive(Debug, Default)]
struct SameShape {
    theirs: BTreeMap<Vec<BigDecimal>, VecDeque<i64>>,
    ours: BTreeMap<Vec<BigDecimal>, VecDeque<String>>,
}

impl SameShape {
    /// All agree, and are equally far from each other.
    fn all(self, pairs: &mut Partners) {
        pairs.extend(self.theirs.into_values().flatten().zip(self.ours.into_values().flatten()));
    }

    /// One column decides: the nearest pair is always one of neighbours, so only these are looked at.
    fn along_a_line(self, rule: &LooseRule, pairs: &mut Partners) {
        let mut line = Line::new(self, pairs);
        let mut nearest = BinaryHeap::new();
        for left in 1..line.points.len() {
            nearest.extend(line.candidate(left - 1, left, rule));
        }
        while let Some(Reverse((_, id, ours, theirs))) = nearest.pop() {
            if line.points[theirs].theirs.front() == Some(&id)
                && let Some(group) = line.points[ours].ours.pop_front()
            {
                line.points[theirs].theirs.pop_front();
                pairs.push((id, group));
                for point in [theirs, ours] {
                    if let Some((left, right)) = line.leave(point) {
                        nearest.extend(line.candidate(left, right, rule));
                    }
                }
            }
            // Another row of the same point may be next.
            nearest.extend(line.candidate(theirs.min(ours), theirs.max(ours), rule));
        }
    }

    /// Several columns decide: every pair that agrees is looked at; `None` where there are too many.
    fn among_all(self, rules: &[&LooseRule], pairs: &mut Partners) -> Option<()> {
        let mut theirs: Vec<_> = self.theirs.into_iter().collect();
        let mut ours: Vec<_> = self.ours.into_iter().collect();
        let mut nearest = BinaryHeap::new();
        let mut looks = 0;
        for (t, (their, ids)) in theirs.iter().enumerate() {
            let range = within(rules[0], &their[0], &ours);
            looks += range.len();
            for o in range {
                let our = &ours[o].0;
                let mut columns = rules.iter().zip(their.iter().zip(our));
                if columns.all(|(rule, (their, our))| rule.agree(their, our)) {
                    let differences: Vec<_> = their.iter().zip(our).map(|(t, o)| (t - o).abs()).collect();
                    nearest.extend(ids.front().map(|id| Reverse((differences, *id, o, t))));
                }
            }
            if looks > LOOKS || nearest.len() > PAIRS {
                return None;
            }
        }
        while let Some(Reverse((differences, id, o, t))) = nearest.pop() {
            let ids = &mut theirs[t].1;
            if ids.front() == Some(&id)
                && let Some(group) = ours[o].1.pop_front()
            {
                ids.pop_front();
                pairs.push((id, group));
            }
            if let (Some(next), false) = (ids.front(), ours[o].1.is_empty()) {
                nearest.push(Reverse((differences, *next, o, t)));
            }
        }
        Some(())
    }
}

/// Which of ours, sorted, may agree with a number of theirs in the first column.
fn within(
    rule: &LooseRule,
    number: &BigDecimal,
    ours: &[(Vec<BigDecimal>, VecDeque<String>)],
) -> std::ops::Range<usize> {
    let LooseRule::Absolute(limit) = rule else { return 0..ours.len() };
    let (least, most) = (number - limit, number + limit);
    let begin = ours.partition_point(|(our, _)| our[0] < least);
    begin..ours.partition_point(|(our, _)| our[0] <= most)
}

/// Rows with one number, of one side only.
struct LinePoint {
    number: BigDecimal,
    theirs: VecDeque<i64>,
    ours: VecDeque<String>,
    /// Its neighbours that are not empty.
    before: Option<usize>,
    after: Option<usize>,
}

/// Numbers in their order.
struct Line {
    points: Vec<LinePoint>,
}

/// The number of rows that have one.
fn only<T>((numbers, rows): (Vec<BigDecimal>, T)) -> Option<(BigDecimal, T)> {
    Some((numbers.into_iter().next()?, rows))
}

/// A pair of neighbours: their difference, the next row of theirs, the points of ours and of theirs.
type Neighbours = Reverse<(BigDecimal, i64, usize, usize)>;

impl Line {
    /// Rows with the same number are pairs at once.
    fn new(part: SameShape, pairs: &mut Partners) -> Self {
        let mut all: BTreeMap<BigDecimal, (VecDeque<i64>, VecDeque<String>)> = BTreeMap::new();
        for (number, ids) in part.theirs.into_iter().filter_map(only) {
            all.entry(number).or_default().0 = ids;
        }
        for (number, groups) in part.ours.into_iter().filter_map(only) {
            all.entry(number).or_default().1 = groups;
        }
        let mut points: Vec<LinePoint> = Vec::new();
        for (number, (mut theirs, mut ours)) in all {
            while !theirs.is_empty() && !ours.is_empty() {
                pairs.extend(theirs.pop_front().zip(ours.pop_front()));
            }
            if theirs.is_empty() && ours.is_empty() {
                continue;
            }
            let at = points.len();
            if let Some(last) = points.last_mut() {
                last.after = Some(at);
            }
            points.push(LinePoint { number, theirs, ours, before: at.checked_sub(1), after: None });
        }
        Self { points }
    }

    /// What two neighbours could pair.
    fn candidate(&self, left: usize, right: usize, rule: &LooseRule) -> Option<Neighbours> {
        let side = |point: &LinePoint| point.theirs.front().copied();
        let (a, b) = (&self.points[left], &self.points[right]);
        let (id, theirs, ours) = match (side(a), side(b)) {
            (Some(id), None) => (id, left, right),
            (None, Some(id)) => (id, right, left),
            _ => return None,
        };
        let (their, our) = (&self.points[theirs], &self.points[ours]);
        let agree = !our.ours.is_empty() && rule.agree(&their.number, &our.number);
        agree.then(|| Reverse(((&their.number - &our.number).abs(), id, ours, theirs)))
    }

    /// A point without rows leaves; gives the neighbours that meet then.
    fn leave(&mut self, point: usize) -> Option<(usize, usize)> {
        let LinePoint { theirs, ours, before, after, .. } = &self.points[point];
        if !theirs.is_empty() || !ours.is_empty() {
            return None;
        }
        let (before, after) = (*before, *after);
        if let Some(before) = before {
            self.points[before].after = after;
        }
        if let Some(after) = after {
            self.points[after].before = before;
        }
        before.zip(after)
    }
}
