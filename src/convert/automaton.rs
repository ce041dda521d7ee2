//! One automaton over local names for every path of a feed.
//!
//! `Trie` collects the steps of all paths below their starting points. `Automaton` runs all of them at
//! once: a state is the set of trie nodes that an open element matches, built when it is first met.
//! The sets are finite (names that no path knows are one name), so hostile input cannot grow them.

use std::collections::HashMap;

/// A name of the feed; `OTHER` for all others.
pub(super) type Name = u16;

/// Any name that leads nowhere in the state where it was met.
pub(super) const OTHER: Name = 0;

/// Stands for the markup inside an element where paths name attributes; no attribute has this name.
pub(super) const RAW: &str = "<>";

/// Index of a trie node.
pub(super) type Position = u32;

/// Where row paths that begin with `/` start.
pub(super) const ROWS_FROM_DOCUMENT: Position = 0;
/// Where other row paths start: in every element.
pub(super) const ROWS_ANYWHERE: Position = 1;
/// Where absolute value paths and `per` paths start.
pub(super) const VALUES_FROM_DOCUMENT: Position = 2;
/// Where relative paths of controls start: in every element.
pub(super) const VALUES_ANYWHERE: Position = 3;
/// The row element.
pub(super) const ROW: Position = 4;

/// One step of some paths.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says one thing about the step, and they combine freely"
)]
pub(super) struct Point {
    /// `None`: `*`, or a starting point.
    name: Option<Name>,
    parent: Option<Position>,
    children: Vec<Position>,
    /// Its text is a value.
    pub text: bool,
    /// These attributes are values.
    pub attributes: Vec<Name>,
    /// It is at or below the row element.
    in_row: bool,
    /// Values outside rows: its element is remembered as long as its parent is.
    keep: bool,
    /// On a path that goes up from a row and down again: rows that it leads into are read like other elements.
    beside: bool,
    /// A step of a row path.
    row_step: bool,
    /// Row paths that end here.
    pub rows: Vec<usize>,
    /// Controls whose `per` ends here; none: a file that holds it may be without rows.
    pub scopes: Vec<Option<usize>>,
}

/// All paths of a feed.
#[derive(Debug, Clone)]
pub(super) struct Trie {
    points: Vec<Point>,
    /// `ancestors[k]`: the (k+1)-th ancestor of the row element.
    ancestors: Vec<Position>,
    names: Vec<String>,
    ids: HashMap<String, Name>,
}

impl Trie {
    pub fn new() -> Self {
        let mut trie = Self {
            points: Vec::new(),
            ancestors: Vec::new(),
            names: vec![String::new()],
            ids: HashMap::new(),
        };
        for root in 0..=ROW {
            let row_step = root == ROWS_FROM_DOCUMENT || root == ROWS_ANYWHERE;
            trie.points.push(Point { in_row: root == ROW, row_step, ..Point::default() });
        }
        trie
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    pub fn name(&mut self, text: &str) -> Name {
        if let Some(&id) = self.ids.get(text) {
            return id;
        }
        // A feed of 65535 different names does not pass the parser's limits.
        let id = Name::try_from(self.names.len()).unwrap_or(OTHER);
        self.names.push(text.to_owned());
        self.ids.insert(text.to_owned(), id);
        id
    }

    pub fn point_mut(&mut self, at: Position) -> &mut Point {
        &mut self.points[at as usize]
    }

    /// The point one step further.
    pub fn step(&mut self, from: Position, name: Option<Name>) -> Position {
        let children = &self.points[from as usize].children;
        if let Some(&known) = children.iter().find(|&&c| self.points[c as usize].name == name) {
            return known;
        }
        let at = self.push(Point {
            name,
            parent: Some(from),
            in_row: self.points[from as usize].in_row,
            row_step: self.points[from as usize].row_step,
            ..Point::default()
        });
        self.points[from as usize].children.push(at);
        at
    }

    /// A step of a value path.
    pub fn value_step(&mut self, from: Position, name: Option<Name>) -> Position {
        let at = self.step(from, name);
        let point = &mut self.points[at as usize];
        point.keep = !point.in_row;
        at
    }

    /// `..`, `up` times; `None`: above the document.
    pub fn ascend(&mut self, from: Position, up: usize) -> Option<Position> {
        let mut at = from;
        for _ in 0..up {
            at = match self.points[at as usize].parent {
                Some(parent) => parent,
                None if at == ROW => self.ancestor(1),
                None => {
                    let level = self.ancestors.iter().position(|&root| root == at)?;
                    self.ancestor(level + 2)
                }
            };
        }
        Some(at)
    }

    /// The starting point of paths with `level` times `..`, which is at least 1.
    pub fn ancestor(&mut self, level: usize) -> Position {
        while self.ancestors.len() < level {
            let root = self.push(Point::default());
            self.ancestors.push(root);
        }
        self.ancestors[level - 1]
    }

    /// The steps up to `at` lead from an ancestor of rows to what stands beside them.
    pub fn beside(&mut self, mut at: Position) {
        while let Some(parent) = self.points[at as usize].parent {
            self.points[at as usize].beside = true;
            at = parent;
        }
    }

    fn push(&mut self, point: Point) -> Position {
        self.points.push(point);
        // A feed's paths are far fewer than 2^32.
        Position::try_from(self.points.len() - 1).unwrap_or(Position::MAX)
    }
}

/// Index of a state.
pub(super) type StateId = usize;

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
pub(super) struct State {
    /// The points that it matches.
    pub points: Vec<Position>,
    /// Points at or below the row element, which are indexed while a row is read.
    pub in_row: Vec<Position>,
    /// Its text is a value.
    pub text: bool,
    /// Attributes that are values, by local name.
    pub attributes: Vec<(String, Name)>,
    /// The markup inside it is a value, under this name.
    pub raw: Option<Name>,
    /// Outside rows: remembered as long as its parent is.
    pub keep: bool,
    /// The same, also in rows.
    pub beside: bool,
    /// Row paths that may end here.
    pub rows: Vec<usize>,
    /// Controls whose `per` element this is; none: a file that holds it may be without rows.
    pub scopes: Vec<Option<usize>>,
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
pub(super) struct Automaton {
    trie: Trie,
    states: Vec<State>,
    known: HashMap<Vec<Position>, StateId>,
}

impl Automaton {
    pub fn new(trie: Trie) -> Self {
        Self { trie, states: Vec::new(), known: HashMap::new() }
    }

    /// The state of the document itself.
    pub fn start(&mut self) -> StateId {
        let mut points = vec![ROWS_FROM_DOCUMENT, ROWS_ANYWHERE, VALUES_FROM_DOCUMENT, VALUES_ANYWHERE];
        self.intern(&mut points, false)
    }

    pub fn state(&self, id: StateId) -> &State {
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
        let mut points: Vec<Position> = steps
            .filter(|&at| trie.points[at as usize].row_step || trie.points[at as usize].beside)
            .chain([ROW])
            .collect();
        self.intern(&mut points, true)
    }

    fn build(&mut self, id: StateId) {
        let mut names: Vec<Name> = Vec::new();
        for &at in &self.states[id].points {
            for &child in &self.trie.points[at as usize].children {
                names.extend(self.trie.points[child as usize].name);
            }
        }
        names.sort_unstable();
        names.dedup();
        for name in names {
            let next = self.follow(id, Some(name));
            let bytes = self.trie.names[usize::from(name)].as_bytes().into();
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
            for &child in &trie.points[at as usize].children {
                let point = &trie.points[child as usize];
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
        let mut state = State { points: std::mem::take(points), inside, ..State::default() };
        let mut attributes: Vec<Name> = Vec::new();
        for &at in &state.points {
            let point = &self.trie.points[at as usize];
            state.text |= point.text;
            state.keep |= point.keep;
            state.beside |= point.beside;
            state.rows.extend(&point.rows);
            state.scopes.extend(&point.scopes);
            attributes.extend(&point.attributes);
            if point.in_row {
                state.in_row.push(at);
            }
        }
        if !state.rows.is_empty() {
            // What is known of the row element itself is needed to tell whether it is one.
            attributes.extend(&self.trie.points[ROW as usize].attributes);
            state.text |= self.trie.points[ROW as usize].text;
        }
        attributes.sort_unstable();
        attributes.dedup();
        state.attributes = attributes.iter().map(|&n| (self.trie.names[usize::from(n)].clone(), n)).collect();
        state.raw = state.attributes.iter().find(|(name, _)| name == RAW).map(|(_, name)| *name);
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
        let (a, b) = (trie.name("a"), trie.name("b"));
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
        let a = trie.name("a");
        trie.value_step(ROW, Some(a));
        let mut automaton = Automaton::new(trie);
        let mut state = automaton.start();
        for n in 0..1000 {
            state = automaton.enter(state, format!("n{n}").as_bytes()).0;
        }
        assert!(automaton.states.len() < 5, "{}", automaton.states.len());
    }
}
