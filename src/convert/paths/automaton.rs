//! One automaton over names for every path of a feed.
//!
//! It runs all steps of the trie at once: a state is the set of trie nodes that an open element matches, built when
//! it is first met. The sets are finite (names that no path knows are one name), so hostile input cannot grow them.

use super::{
    name::{Name, OTHER},
    trie::{Position, ROW, ROWS_ANYWHERE, ROWS_FROM_DOCUMENT, Trie, VALUES_ANYWHERE, VALUES_FROM_DOCUMENT},
};
use std::collections::HashMap;

/// Index of a state.
pub(in crate::convert) type StateId = usize;

/// A name that leads somewhere.
#[derive(Debug, Clone)]
struct Edge {
    bytes: Box<[u8]>,
    name: Name,
    next: StateId,
    /// The edge that was followed after this one, last time: elements mostly keep their order.
    successor: usize,
}

/// What one kind of element means.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says one thing about the element, and they combine freely"
)]
pub(in crate::convert) struct ElementState {
    /// The points that it matches.
    pub points: Vec<Position>,
    /// Points at or below the row element, which are indexed while a row is read.
    pub in_row: Vec<Position>,
    /// Its text is a value.
    pub text: bool,
    /// Attributes that are values.
    pub attributes: Vec<(String, Name)>,
    /// Everything inside it is a value, as it stands.
    pub raw: bool,
    /// Outside rows: remembered as long as its parent is.
    pub keep: bool,
    /// The same, also in rows.
    pub beside: bool,
    /// Row paths that may end here.
    pub rows: Vec<usize>,
    /// Controls whose `per` element this is; none: a file that holds it may be without rows.
    pub scopes: Vec<Option<usize>>,
    /// Beginnings of row paths that may end here.
    pub parents: Vec<usize>,
    /// The same within a row: and the point that the row element must match, if that matters.
    pub inner_scopes: Vec<(usize, Option<Position>)>,
    edges: Vec<Edge>,
    /// The edge that was followed last.
    last: usize,
    other: StateId,
    /// Its edges are built.
    ready: bool,
    /// At or below a row element.
    inside: bool,
}

/// All paths at once.
#[derive(Debug, Clone)]
pub(in crate::convert) struct Automaton {
    trie: Trie,
    states: Vec<ElementState>,
    known: HashMap<Vec<Position>, StateId>,
}

impl Automaton {
    pub(super) fn new(trie: Trie) -> Self {
        Self { trie, states: Vec::new(), known: HashMap::new() }
    }

    /// The state of the document itself.
    pub fn start(&mut self) -> StateId {
        let mut points = vec![ROWS_FROM_DOCUMENT, ROWS_ANYWHERE, VALUES_FROM_DOCUMENT, VALUES_ANYWHERE];
        self.intern(&mut points, false)
    }

    pub fn state(&self, id: StateId) -> &ElementState {
        &self.states[id]
    }

    /// The state of a child element.
    pub fn enter(&mut self, id: StateId, name: &[u8]) -> (StateId, Name) {
        if !self.states[id].ready {
            self.build(id);
        }
        let state = &mut self.states[id];
        let guess = state.edges.get(state.last).map_or(0, |edge| edge.successor);
        if let Some(edge) = state.edges.get(guess)
            && *edge.bytes == *name
        {
            state.last = guess;
            return (edge.next, edge.name);
        }
        let Some(found) = state.edges.iter().position(|edge| *edge.bytes == *name) else {
            return (state.other, OTHER);
        };
        if let Some(last) = state.edges.get_mut(state.last) {
            last.successor = found;
        }
        state.last = found;
        (state.edges[found].next, state.edges[found].name)
    }

    /// The state of an element that turned out to be a row: only the row's own paths go on, row paths,
    /// because a row within a row has to be noticed, and those by which other rows look into this one.
    pub fn enter_row(&mut self, id: StateId) -> StateId {
        let trie = &self.trie;
        let steps = self.states[id].points.iter().copied();
        let mut points: Vec<Position> =
            steps.filter(|&at| trie.point(at).row_step || trie.point(at).beside).chain([ROW]).collect();
        self.intern(&mut points, true)
    }

    fn build(&mut self, id: StateId) {
        let mut names: Vec<Name> = Vec::new();
        for &at in &self.states[id].points {
            for &child in &self.trie.point(at).children {
                names.extend(self.trie.point(child).name);
            }
        }
        names.sort_unstable();
        names.dedup();
        for name in names {
            let next = self.follow(id, Some(name));
            let bytes = self.trie.name(name).as_bytes().into();
            self.states[id].edges.push(Edge { bytes, name, next, successor: 0 });
        }
        let other = self.follow(id, None);
        self.states[id].other = other;
        self.states[id].ready = true;
    }

    fn follow(&mut self, id: StateId, name: Option<Name>) -> StateId {
        let inside = self.states[id].inside;
        let trie = &self.trie;
        let mut next: Vec<Position> = vec![ROWS_ANYWHERE];
        if !inside {
            next.push(VALUES_ANYWHERE);
            next.extend(&trie.ancestors);
        }
        for &at in &self.states[id].points {
            for &child in &trie.point(at).children {
                let point = trie.point(child);
                let matches = point.name.is_none() || point.name == name;
                if matches && (!inside || point.in_row || (point.row_step || point.beside)) {
                    next.push(child);
                }
            }
        }
        self.intern(&mut next, inside)
    }

    fn intern(&mut self, points: &mut Vec<Position>, inside: bool) -> StateId {
        points.sort_unstable();
        points.dedup();
        // A state inside a row differs from the same set outside: it is entered without ancestors.
        let mut key = points.clone();
        key.push(Position::from(inside));
        if let Some(&id) = self.known.get(&key) {
            return id;
        }
        let mut state = ElementState { points: std::mem::take(points), inside, ..ElementState::default() };
        let mut attributes: Vec<Name> = Vec::new();
        for &at in &state.points {
            let point = self.trie.point(at);
            state.text |= point.text;
            state.raw |= point.raw;
            state.keep |= point.keep;
            state.beside |= point.beside;
            state.rows.extend(&point.rows);
            state.scopes.extend(&point.scopes);
            state.parents.extend(&point.parents);
            state.inner_scopes.extend(&point.inner_scopes);
            attributes.extend(&point.attributes);
            if point.in_row {
                state.in_row.push(at);
            }
        }
        if !state.rows.is_empty() {
            // What is known of the row element itself is needed to tell whether it is one.
            let row = self.trie.point(ROW);
            attributes.extend(&row.attributes);
            state.text |= row.text;
            state.raw |= row.raw;
        }
        attributes.sort_unstable();
        attributes.dedup();
        state.attributes = attributes.iter().map(|&n| (self.trie.name(n).to_owned(), n)).collect();
        self.states.push(state);
        self.known.insert(key, self.states.len() - 1);
        self.states.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_stars_are_followed_together() {
        let mut trie = Trie::new();
        let (a, b) = (trie.number("a"), trie.number("b"));
        let by_name = trie.value_step(ROW, Some(a));
        let any = trie.value_step(ROW, None);
        let below = trie.value_step(any, Some(b));
        trie.point_mut(by_name).text = true;
        trie.point_mut(below).text = true;
        let rows = trie.step(ROWS_ANYWHERE, Some(b));
        trie.point_mut(rows).rows.push(0);
        let mut automaton = Automaton::new(trie);
        let start = automaton.start();
        let (outer, _) = automaton.enter(start, b"x");
        let (row, _) = automaton.enter(outer, b"b");
        assert_eq!(automaton.state(row).rows, [0]);
        let inside = automaton.enter_row(row);
        let (both, name) = automaton.enter(inside, b"a");
        assert_eq!(automaton.state(both).in_row, [by_name, any]);
        assert_eq!(name, a);
        let (only_any, name) = automaton.enter(inside, b"z");
        assert_eq!((automaton.state(only_any).in_row.as_slice(), name), ([any].as_slice(), OTHER));
        let (below_any, _) = automaton.enter(only_any, b"b");
        assert!(automaton.state(below_any).text);
        assert_eq!(automaton.state(below_any).rows, [0], "a row within a row is noticed");
    }

    #[test]
    fn hostile_names_do_not_grow_it() {
        let mut trie = Trie::new();
        let a = trie.number("a");
        trie.value_step(ROW, Some(a));
        let mut automaton = Automaton::new(trie);
        let mut state = automaton.start();
        for n in 0..1000 {
            state = automaton.enter(state, format!("n{n}").as_bytes()).0;
        }
        assert!(automaton.states.len() < 5, "{}", automaton.states.len());
    }
}
