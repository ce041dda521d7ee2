//! The rows of both sides, with the differences between them.

use super::{
    column::{Column, Place, Rule, Twist},
    domain::{Domain, WESTERN},
    native::Form,
    plant,
    schema::{Index, Schema},
    value::{Cell, Value, shown},
};
use crate::support::random::Random;

/// A row of theirs.
#[derive(Debug, Clone)]
pub struct Theirs {
    /// What the feed makes of them.
    pub cells: Vec<Cell>,
    pub file: usize,
    /// The column that holds what is no value, so that the row is a reject.
    pub bad: Option<usize>,
    /// Left out by the feed's filter.
    pub filtered: bool,
    /// From which its spelling follows.
    pub noise: u64,
}

/// A row of ours.
#[derive(Debug, Clone)]
pub struct Ours {
    pub cells: Vec<Cell>,
    pub in_scope: bool,
    /// Written otherwise than another row with the same key.
    pub twin: bool,
    pub noise: u64,
}

pub struct Sides {
    /// In the order of their files and records.
    pub theirs: Vec<Theirs>,
    pub ours: Vec<Ours>,
}

struct Planter<'a> {
    schema: &'a Schema,
    random: Random,
    sides: Sides,
}

impl Sides {
    pub fn new(schema: &Schema) -> Self {
        let sides = Sides { theirs: Vec::new(), ours: Vec::new() };
        let mut planter = Planter { schema, random: Random::new(schema.seed ^ 1), sides };
        for n in 0..schema.entities {
            planter.entity(n);
        }
        planter.settle();
        planter.sides
    }
}

impl Planter<'_> {
    fn entity(&mut self, n: u64) {
        let row = self.row(n);
        let copy = row.clone();
        match self.random.below(14) {
            0..=4 => self.both(copy, row),
            5 | 6 => {
                let count = 1 + self.random.below(2);
                let changed = (0..count).fold(copy, |cells, _| self.changed(cells, false));
                self.both(changed, row);
            }
            7 => self.theirs(copy),
            8 => self.ours(row, false),
            9 | 10 => self.repeated(&row),
            11 => {
                // The key that a collation, a type or a person takes for this one.
                let near = self.changed(copy.clone(), true);
                self.theirs(near);
                if self.random.chance(50) {
                    self.theirs(copy);
                }
                self.ours(row, false);
            }
            12 => {
                let swapped = self.columns_swapped(copy);
                self.both(swapped, row);
            }
            _ => {
                let other = self.row(n);
                let cells = self.merged(&row, &other);
                self.both(cells, row);
            }
        }
    }

    fn both(&mut self, theirs: Vec<Cell>, ours: Vec<Cell>) {
        self.theirs(theirs);
        self.ours(ours, false);
    }

    fn theirs(&mut self, cells: Vec<Cell>) {
        let schema = self.schema;
        let file = usize::try_from(self.random.below(schema.encodings.len() as u64)).expect("few");
        let filtered = schema.filtered && self.random.chance(8);
        let bad =
            (schema.quarantine && !filtered && self.random.chance(3)).then(|| self.bad_column()).flatten();
        self.sides.theirs.push(Theirs { cells, file, bad, filtered, noise: self.random.next() });
    }

    fn ours(&mut self, cells: Vec<Cell>, twin: bool) {
        let in_scope = !self.schema.scoped || self.random.chance(92);
        self.sides.ours.push(Ours { cells, in_scope, twin, noise: self.random.next() });
    }

    /// A column whose text can be no value.
    fn bad_column(&mut self) -> Option<usize> {
        let all: Vec<usize> = (0..self.schema.columns.len())
            .filter(|&n| {
                let column = &self.schema.columns[n];
                let text = column.kind == super::schema::Kind::Text;
                (!text || matches!(column.place, Place::Lookup { .. })) && !column.place.shared()
            })
            .collect();
        // Where clocks change, more is no value.
        let changing: Vec<usize> =
            all.iter().copied().filter(|&n| self.schema.columns[n].changes()).collect();
        let all = if changing.is_empty() || self.random.chance(40) { all } else { changing };
        (!all.is_empty()).then(|| self.random.pick(&all))
    }

    /// Rows of one key, more than once on one side or on both.
    fn repeated(&mut self, row: &[Cell]) {
        let pool = [row.to_vec(), self.ours_changed(row), self.ours_changed(row)];
        let counts = [0; 2].map(|_| self.random.pick(&[0, 1, 1, 2, 2, 3, 3, 8]));
        for _ in 0..counts[0] {
            let cells = self.random.pick(&[&pool[0], &pool[0], &pool[1], &pool[2]]).clone();
            let cells = match self.random.below(10) {
                0 | 1 => self.changed(cells, false),
                2..=5 => self.loosened(cells),
                _ => cells,
            };
            self.theirs(cells);
        }
        if self.schema.index != Index::Unique {
            for _ in 0..counts[1] {
                let cells = self.random.pick(&[&pool[0], &pool[0], &pool[1], &pool[2]]).clone();
                self.ours(cells, false);
            }
            return;
        }
        self.ours(row.to_vec(), false);
        if self.may_have_twin(row) {
            let other = self.random.pick(&[&pool[0], &pool[1]]).clone();
            self.ours(other, true);
        }
    }

    /// Whether a unique index lets the same key stand there twice, since it is written in two ways.
    fn may_have_twin(&self, row: &[Cell]) -> bool {
        let counted = matches!(row[self.schema.counted], Some(Value::Number(_)));
        let number = counted && self.schema.columns[self.schema.counted].native.form == Form::NumberText;
        let nothing = self
            .schema
            .keys()
            .any(|(n, column)| row[n].is_none() && column.nullable && column.native.holds_empty_text());
        number || (nothing && row[self.schema.counted].is_some())
    }

    /// A row of ours.
    fn row(&mut self, n: u64) -> Vec<Cell> {
        (0..self.schema.columns.len()).map(|column| self.cell(column, n)).collect()
    }

    fn cell(&mut self, at: usize, n: u64) -> Cell {
        let schema = self.schema;
        let column = &schema.columns[at];
        let unique = schema.index == Index::Unique && column.key();
        let nothing = column.nullable || (column.native.holds_empty_text() && !unique);
        if nothing && self.random.chance(if at == schema.counted { 3 } else { 9 }) {
            return None;
        }
        if at == schema.counted {
            let n = if unique { n } else { n * 2 / 3 };
            return self.counted(column, n + 1);
        }
        if !column.pool.is_empty() && self.random.chance(90) {
            let n = self.random.below(column.pool.len() as u64);
            return Some(column.pool[usize::try_from(n).expect("few")].clone());
        }
        let value = column.value(&mut self.random);
        self.fitting(column, value, nothing)
    }

    /// As the options of the feed would make it, where ours can hold that.
    fn fitting(&mut self, column: &Column, value: Value, nothing: bool) -> Cell {
        let Domain::Text { pieces, padded, chars } = column.domain() else { return Some(value) };
        if pieces.len() == WESTERN.len() || self.random.chance(15) {
            return Some(value);
        }
        match column.after_options(Some(value.clone())) {
            Some(Value::Text(text)) if *padded && text.ends_with(' ') => Some(value),
            // In upper case some letters are two.
            Some(Value::Text(text)) if text.chars().count() > *chars => Some(value),
            None if !nothing => Some(value),
            other => other,
        }
    }

    fn counted(&mut self, column: &Column, n: u64) -> Cell {
        let zoned = match column.twist {
            Twist::Zone(zone) => zone.numbered(n, column.domain()),
            _ => None,
        };
        let value = zoned.or_else(|| column.domain().numbered(n)).expect("a number for every entity");
        let (Value::Text(text), Domain::Text { padded, .. }) = (&value, column.domain()) else {
            return Some(value);
        };
        let begin = self.random.pick(&["", "", "A", "a", "é", "K|", "'", " "]);
        let end = if *padded {
            self.random.pick(&["", "|", "~p"])
        } else {
            self.random.pick(&["", "", " ", "~p", "ä", "\\"])
        };
        let text = format!("{begin}{text}{end}");
        let value = Value::Text(text);
        if matches!(column.twist, Twist::Trim) { column.after_options(Some(value)) } else { Some(value) }
    }

    /// Another value in one column, as theirs may have it.
    fn changed(&mut self, mut cells: Vec<Cell>, key: bool) -> Vec<Cell> {
        let all: Vec<usize> = (0..cells.len()).filter(|&n| self.schema.columns[n].key() == key).collect();
        let at = self.random.pick(&all);
        let column = &self.schema.columns[at];
        cells[at] = match cells[at].take() {
            Some(_) if self.random.chance(8) => None,
            Some(value) if self.random.chance(85) => Some(plant::near(&mut self.random, column, &value)),
            _ => Some(column.domain().value(&mut self.random)),
        };
        cells
    }

    /// Other values in the columns that need not be equal to agree.
    fn loosened(&mut self, mut cells: Vec<Cell>) -> Vec<Cell> {
        let columns = self.schema.columns.iter().enumerate();
        for (n, column) in columns.filter(|(_, column)| column.compared() && column.rule != Rule::Exact) {
            if let (Some(value), true) = (&cells[n], self.random.chance(70)) {
                cells[n] = Some(plant::near(&mut self.random, column, value));
            }
        }
        cells
    }

    /// Another value in one column, as ours may have it.
    fn ours_changed(&mut self, row: &[Cell]) -> Vec<Cell> {
        let all: Vec<usize> = (0..row.len()).filter(|&n| !self.schema.columns[n].key()).collect();
        let at = self.random.pick(&all);
        let mut cells = row.to_vec();
        cells[at] = self.cell(at, 0);
        cells
    }

    /// Two columns of one type change places.
    fn columns_swapped(&mut self, mut cells: Vec<Cell>) -> Vec<Cell> {
        let columns = &self.schema.columns;
        // No key is as long as a text may be.
        let fits = |from: usize, to: usize| !columns[to].key() || shown(&cells[from]).len() < 500;
        let pairs: Vec<(usize, usize)> = (0..columns.len())
            .flat_map(|one| (one + 1..columns.len()).map(move |other| (one, other)))
            .filter(|&(one, other)| columns[one].kind == columns[other].kind && cells[one] != cells[other])
            // A column of any number of digits lends none to one that is calculated with.
            .filter(|&(one, other)| columns[one].calculates() == columns[other].calculates())
            .filter(|&(one, other)| fits(one, other) && fits(other, one))
            .collect();
        if !pairs.is_empty() {
            let (one, other) = self.random.pick(&pairs);
            cells.swap(one, other);
        }
        cells
    }

    /// The key of one row, the values of another.
    fn merged(&self, row: &[Cell], other: &[Cell]) -> Vec<Cell> {
        let columns = self.schema.columns.iter().zip(row).zip(other);
        columns.map(|((column, own), other)| if column.key() { own } else { other }.clone()).collect()
    }

    /// Brings the rows into an order, and into what files can hold.
    fn settle(&mut self) {
        self.random.shuffle(&mut self.sides.theirs);
        self.random.shuffle(&mut self.sides.ours);
        self.sides.theirs.sort_by_key(|row| row.file);
        self.swap_between_rows();
        for (n, column) in self.schema.columns.iter().enumerate() {
            for row in &mut self.sides.theirs {
                row.cells[n] = allowed(column, row.cells[n].take());
                row.cells[n] = column.after_options(row.cells[n].take());
            }
            if column.place == Place::Above {
                for file in 0..self.schema.encodings.len() {
                    let mut rows: Vec<&mut Theirs> =
                        self.sides.theirs.iter_mut().filter(|row| row.file == file).collect();
                    let first = rows.first().map(|row| row.cells[n].clone()).unwrap_or_default();
                    for row in &mut rows {
                        row.cells[n].clone_from(&first);
                    }
                }
            }
        }
        let keyless = |row: &Theirs| self.schema.keys().all(|(n, _)| row.cells[n].is_none());
        if !self.schema.quarantine {
            self.sides.theirs.retain(|row| !keyless(row));
        }
    }

    /// Values of one column change places between neighbours.
    fn swap_between_rows(&mut self) {
        let (rows, columns) = (self.sides.theirs.len(), self.schema.columns.len());
        for _ in 0..rows / 60 {
            let at = usize::try_from(self.random.below(rows as u64 - 1)).expect("a row");
            let column = usize::try_from(self.random.below(columns as u64)).expect("a column");
            let (before, after) = self.sides.theirs.split_at_mut(at + 1);
            std::mem::swap(&mut before[at].cells[column], &mut after[0].cells[column]);
        }
    }
}

/// What theirs can write in a column of this type.
fn allowed(column: &Column, cell: Cell) -> Cell {
    use super::schema::Kind;
    cell.filter(|value| match (column.kind, value) {
        (Kind::Text, Value::Text(_))
        | (Kind::Decimal, Value::Number(_))
        | (Kind::Date, Value::Day(_))
        | (Kind::Timestamp, Value::Moment(_))
        | (Kind::Boolean, Value::Flag(_)) => true,
        (Kind::Integer, Value::Number(number)) => number.fraction.is_empty(),
        _ => false,
    })
}
