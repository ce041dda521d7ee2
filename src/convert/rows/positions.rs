//! The elements of a `[[sequence]]` or a `[[continuity]]`: rows of a row set of their own, which are collected instead
//! of written. What they must follow, only the runs before know.

use super::{bad::NoValue, buffers::Buffers, element::EndedRow, values::ValueReader};
use crate::{
    convert::{
        cost::{Cost, Share},
        location::Location,
        paths::{CompiledColumn, CompiledFeed, ElementId},
    },
    error::{Result, excerpt},
    feed::{Column, Feed, Kind, Presence, Repeat, Succession, SuccessionRule, ValueFrom, path::Path},
    model::Standing,
};
use std::ops::Range;

/// What a position takes beside its texts, roughly.
const POSITION: usize = 320;
/// How many values a position has after those of `by`.
const VALUES: usize = 7;

/// The `[[sequence]]` and `[[continuity]]` tables of one feed that look at the same elements.
pub(in crate::convert) struct PositionGroup {
    /// Its rows are the elements.
    pub feed: Feed,
    members: Vec<GroupMember>,
}

/// One of them.
#[derive(Debug, Clone)]
struct GroupMember {
    /// Which succession of the feed.
    succession: usize,
    /// Its columns: the values of `by`, then number, part, day, first, last, opening, closing.
    columns: Range<usize>,
}

/// All that the feed has.
pub(in crate::convert) fn position_groups(feed: &Feed) -> Vec<PositionGroup> {
    let mut groups: Vec<PositionGroup> = Vec::new();
    for (succession, one) in feed.successions.iter().enumerate() {
        let rows = [one.per.clone()];
        let same =
            |group: &&mut PositionGroup| group.feed.xml.row == rows && group.feed.xml.explode == one.explode;
        let columns = columns(one);
        if let Some(group) = groups.iter_mut().find(same) {
            let begin = group.feed.columns.len();
            group.members.push(GroupMember { succession, columns: begin..begin + columns.len() });
            group.feed.columns.extend(columns);
        } else {
            let members = vec![GroupMember { succession, columns: 0..columns.len() }];
            let mut feed = Feed { columns, controls: Vec::new(), successions: Vec::new(), ..feed.clone() };
            feed.xml.row = rows.into();
            feed.xml.explode.clone_from(&one.explode);
            feed.xml.skip.clear();
            feed.xml.filter = None;
            feed.xml.retractions.clear();
            groups.push(PositionGroup { feed, members });
        }
    }
    groups
}

fn columns(one: &Succession) -> Vec<Column> {
    let column = |name: &str, paths: &[Path], kind: Kind| {
        let mut column = Column::text(name, ValueFrom::Paths(paths.to_vec()));
        column.kind = kind;
        column.source.presence = Presence::Optional;
        column
    };
    let flag = |name: &str, paths: &[Path]| {
        let mut column = column(name, paths, Kind::Text);
        column.source.repeat = Repeat::First;
        column
    };
    let by = one.by.iter().map(|(name, paths)| {
        let mut column = column(name, paths, Kind::Text);
        // A bank writes its account numbers in groups one day, and in one piece the next.
        column.text.strip = " \u{a0}\t\r\n".into();
        column
    });
    let mut columns: Vec<Column> = by.collect();
    columns.push(column("number", &one.number, Kind::Integer));
    columns.push(column("part", &one.part, Kind::Integer));
    let mut date = column("date", &one.date, Kind::Date { format: None, timezone: None });
    date.source.repeat = Repeat::Last;
    columns.push(date);
    let (none, no_sign) = (Vec::new(), None);
    let (first, last, opening, closing, sign) = match &one.rule {
        SuccessionRule::Sequence { first, last, .. } => (first, last, &none, &none, &no_sign),
        SuccessionRule::Continuity { opening, closing, sign } => (&none, &none, opening, closing, sign),
    };
    columns.extend([flag("first", first), flag("last", last)]);
    for (name, paths) in [("opening", opening), ("closing", closing)] {
        let mut amount = column(name, paths, Kind::Decimal);
        amount.number.sign.clone_from(sign);
        columns.push(amount);
    }
    columns
}

/// Reads the positions of one file.
#[derive(Debug)]
pub(in crate::convert) struct PositionReader {
    members: Vec<GroupMember>,
    /// Per member.
    found: Vec<Vec<Standing>>,
    buffers: Buffers,
    details: Vec<ElementId>,
    /// Bytes that one value may have.
    limit: usize,
    elements: u64,
    bytes: usize,
    share: Share,
}

/// The days of the amounts of a position that is being put together.
#[derive(Default)]
struct AmountDays {
    opening: String,
    closing: String,
}

impl PositionReader {
    pub fn new(cost: &Cost, group: &PositionGroup) -> Self {
        Self {
            members: group.members.clone(),
            found: vec![Vec::new(); group.members.len()],
            buffers: Buffers::default(),
            details: Vec::new(),
            limit: group.feed.xml.limits.text,
            elements: 0,
            bytes: 0,
            share: cost.share(),
        }
    }

    /// What was found, in the order of the file, by the number of its succession.
    pub fn found(self) -> impl Iterator<Item = (usize, Vec<Standing>)> {
        self.members.into_iter().map(|member| member.succession).zip(self.found)
    }

    /// An element has ended: remembers where it stands, once per value of `by` that its details have.
    pub(super) fn element(
        &mut self,
        compiled: &CompiledFeed<'_>,
        mut ended: EndedRow<'_>,
        place: Location<'_>,
    ) -> Result<()> {
        self.elements += 1;
        let mut details = std::mem::take(&mut self.details);
        ended.tree.details(compiled, ended.row.node, &mut details);
        self.buffers.forget(compiled.memos);
        for n in 0..self.members.len() {
            let columns = &compiled.columns[self.members[n].columns.clone()];
            let mut parts: Vec<(Standing, AmountDays)> = Vec::new();
            for detail in 0..details.len().max(1) {
                let detail = details.get(detail).copied();
                let one = self.one(compiled, columns, (&mut ended, detail), place)?;
                if let Some((known, days)) = parts.iter_mut().find(|(known, _)| known.by == one.by) {
                    add(known, days, one);
                } else {
                    let days = AmountDays { opening: one.day.clone(), closing: one.day.clone() };
                    parts.push((one, days));
                }
            }
            // Balances of other kinds name no currency that opens or closes: they stand for nothing of their own.
            let says = |(one, _): &(Standing, AmountDays)| {
                [&one.opening, &one.closing, &one.problem].iter().any(|text| !text.is_empty())
            };
            if parts.iter().any(says) {
                parts.retain(says);
            } else {
                parts.truncate(1);
            }
            for (mut one, _) in parts {
                if !one.problem.is_empty() {
                    // What cannot be read is compared with nothing, in no run.
                    (one.opening, one.closing) = (String::new(), String::new());
                }
                self.bytes += bytes(&one);
                self.found[n].push(one);
            }
            self.share.hold(self.bytes, place)?;
        }
        self.details = details;
        self.buffers.shrink();
        Ok(())
    }

    fn one(
        &mut self,
        compiled: &CompiledFeed<'_>,
        columns: &[CompiledColumn<'_>],
        (ended, detail): (&mut EndedRow<'_>, Option<ElementId>),
        place: Location<'_>,
    ) -> Result<Standing> {
        let mut position = Standing { ordinal: self.elements, line: place.line, ..Standing::default() };
        let mut texts = Vec::with_capacity(columns.len());
        for column in columns {
            let (mut text, limit) = (Vec::new(), self.limit);
            let mut reader = ValueReader::of_row(compiled, ended, detail, (&mut self.buffers, &[], limit));
            match reader.read(column, None, &mut false, &mut text) {
                Err(NoValue::Bad(bad)) if position.problem.is_empty() => {
                    let name = &column.column.name;
                    position.problem = format!("{name} {:?} {}", excerpt(&bad.value), bad.reason);
                    text.clear();
                }
                Err(NoValue::Bad(_)) => text.clear(),
                Ok(_) => {}
                Err(NoValue::TooLong) => {
                    let what = format!("{} is longer than {limit} bytes", column.column.name);
                    return Err(place.exceeded("max_text", what));
                }
            }
            // Canonical text is UTF-8.
            texts.push(String::from_utf8(text).unwrap_or_default());
        }
        let rest = texts.split_off(texts.len().saturating_sub(VALUES));
        position.by = texts;
        if let Ok([number, part, day, first, last, opening, closing]) = <[String; VALUES]>::try_from(rest) {
            position = Standing {
                number,
                part,
                day,
                first: !first.is_empty(),
                last: !last.is_empty(),
                opening,
                closing,
                ..position
            };
        }
        Ok(position)
    }
}

/// What it takes, roughly.
fn bytes(one: &Standing) -> usize {
    let texts = [&one.number, &one.part, &one.day, &one.opening, &one.closing, &one.problem];
    let by = one.by.iter().map(|text| text.len() + size_of::<String>());
    POSITION + by.sum::<usize>() + texts.iter().map(|text| text.len()).sum::<usize>()
}

/// One more detail of an element: the opening amount of the first day counts, and the closing one of the last day.
fn add(known: &mut Standing, days: &mut AmountDays, one: Standing) {
    let mut two = |name: &str, kept: &str, other: &str| {
        if known.problem.is_empty() {
            known.problem = format!("{name} has several values, {kept} and {other}, of one day");
        }
    };
    if !one.opening.is_empty() {
        if known.opening.is_empty() || one.day < days.opening {
            known.opening = one.opening;
            days.opening.clone_from(&one.day);
        } else if one.day == days.opening && one.opening != known.opening {
            two("opening", &known.opening, &one.opening);
        }
    }
    if !one.closing.is_empty() {
        if known.closing.is_empty() || one.day > days.closing {
            known.closing = one.closing;
            days.closing.clone_from(&one.day);
        } else if one.day == days.closing && one.closing != known.closing {
            two("closing", &known.closing, &one.closing);
        }
    }
    if known.problem.is_empty() {
        known.problem = one.problem;
    }
    known.day = match (known.opening.is_empty(), known.closing.is_empty()) {
        (_, false) => days.closing.clone(),
        (false, true) => days.opening.clone(),
        (true, true) => std::mem::take(&mut known.day).max(one.day),
    };
    known.first |= one.first;
    known.last |= one.last;
    if known.number.is_empty() {
        known.number = one.number;
    }
    if known.part.is_empty() {
        known.part = one.part;
    }
}
