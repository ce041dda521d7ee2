//! The steps of all paths of a feed below their starting points, each step once. How they are run is the automaton's.

use super::name::{Name, OTHER};
use std::collections::HashMap;

/// Index of a trie node.
pub(in crate::convert) type Position = u32;

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
    pub name: Option<Name>,
    parent: Option<Position>,
    pub children: Vec<Position>,
    /// Its text is a value.
    pub text: bool,
    /// These attributes are values.
    pub attributes: Vec<Name>,
    /// Everything inside it is a value, as it stands.
    pub raw: bool,
    /// It is at or below the row element.
    pub in_row: bool,
    /// Values outside rows: its element is remembered as long as its parent is.
    pub keep: bool,
    /// On a path that goes up from a row and down again: rows that it leads into are read like other elements.
    pub beside: bool,
    /// A step of a row path.
    pub row_step: bool,
    /// Row paths that end here.
    pub rows: Vec<usize>,
    /// Controls whose `per` ends here; none: a file that holds it may be without rows.
    pub scopes: Vec<Option<usize>>,
    /// Beginnings of row paths that end here: rows may stand beneath it.
    pub parents: Vec<usize>,
    /// Controls whose `per` ends here, within a row; and what the row element itself must be, if that matters.
    pub inner_scopes: Vec<(usize, Option<Position>)>,
}

/// All paths of a feed.
#[derive(Debug, Clone)]
pub(super) struct Trie {
    points: Vec<Point>,
    /// `ancestors[k]`: the (k+1)-th ancestor of the row element.
    pub ancestors: Vec<Position>,
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

    /// The number of a name; a new one where it is new.
    pub fn number(&mut self, text: &str) -> Name {
        if let Some(&id) = self.ids.get(text) {
            return id;
        }
        // A feed of 65535 different names does not pass the parser's limits.
        let id = Name::try_from(self.names.len()).unwrap_or(OTHER);
        self.names.push(text.to_owned());
        self.ids.insert(text.to_owned(), id);
        id
    }

    /// The text of a name.
    pub fn name(&self, number: Name) -> &str {
        &self.names[usize::from(number)]
    }

    pub fn point(&self, at: Position) -> &Point {
        &self.points[at as usize]
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
