//! The columns: every value of the row, and the header values of what it stands in.

use super::{
    draft::{DraftColumn, DraftType},
    kinds,
    layout::{RowLayout, multiplicity, steps},
    lists, names,
    shape::{Shape, shape},
    sign::{self, Beside},
    words,
};
use crate::{
    feed::path::Path,
    profile::{ANY, DOCUMENT, NodeId, Profile},
};

/// More columns than this are not proposed.
const MAX_COLUMNS: usize = 200;
/// Values that were left out and are named.
const MAX_NAMED: usize = 8;

/// A value and how the row reaches it.
struct FoundValue {
    node: NodeId,
    path: String,
    /// For its name: the names above it, outermost first.
    words: Vec<String>,
    least: usize,
    header: bool,
    join: bool,
    /// It stands after the rows.
    late: bool,
    /// The name that its path chooses by.
    picked: Option<String>,
}

/// All columns, header values first, and sentences about what was left out.
pub(super) fn columns(profile: &Profile, layout: &RowLayout) -> (Vec<DraftColumn>, Vec<String>) {
    let mut search = Search { profile, layout, found: Vec::new(), notes: Vec::new(), lists: Vec::new() };
    search.headers();
    search.row(layout.row);
    search.note_left_out();
    let Search { mut found, mut notes, .. } = search;
    if found.len() > MAX_COLUMNS {
        notes.push(format!(
            "{} values make no column here: a feed of {MAX_COLUMNS} columns is long enough",
            found.len() - MAX_COLUMNS
        ));
        found.truncate(MAX_COLUMNS);
    }
    let paths: Vec<_> = found.iter().map(|one| (one.words.clone(), one.least)).collect();
    let names = names::columns(&paths);
    let columns = found.into_iter().zip(names).map(|(one, name)| column(profile, layout, one, name));
    let mut columns: Vec<DraftColumn> = columns.collect();
    if profile.node(layout.row).name == ANY {
        let taken: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        columns.insert(0, element(layout.row, &names::unique("concept", &taken)));
    }
    (columns, notes)
}

struct Search<'p> {
    profile: &'p Profile,
    layout: &'p RowLayout,
    found: Vec<FoundValue>,
    notes: Vec<String>,
    /// Elements beside the row that repeat and hold several values: rows of another kind.
    lists: Vec<NodeId>,
}

impl Search<'_> {
    fn name(&self, id: NodeId) -> String {
        self.profile.node(id).name.clone()
    }

    /// Values of the ancestors, the outermost first.
    fn headers(&mut self) {
        let above = self.profile.path(self.layout.row, DOCUMENT);
        for pair in above.windows(2).enumerate() {
            let (n, &[ancestor, toward]) = pair else { continue };
            let up = above.len() - 1 - n;
            for child in self.profile.children(ancestor) {
                if child != toward {
                    self.header(ancestor, child, toward, up);
                }
            }
        }
    }

    /// The values of one child of an ancestor.
    fn header(&mut self, ancestor: NodeId, child: NodeId, toward: NodeId, up: usize) {
        let mut leaves = Vec::new();
        self.leaves(child, &mut leaves);
        let late = self.profile.stands_after(child, toward);
        let up = "../".repeat(up);
        for leaf in leaves {
            if let Some(list) = lists::named(self.profile, leaf) {
                self.named(leaf, &list, &up, (ancestor, ancestor), Some(late));
                continue;
            }
            let path = format!("{up}{}", steps(self.profile, leaf, ancestor));
            let mut words: Vec<String> = vec![self.name(ancestor)];
            words.extend(self.profile.path(leaf, ancestor).into_iter().map(|id| self.name(id)));
            let join = multiplicity(self.profile, leaf, ancestor) > 1;
            self.add(FoundValue {
                node: leaf,
                path,
                words,
                least: 2,
                header: true,
                join,
                late,
                picked: None,
            });
        }
    }

    /// A column for each name of a list of names and values. `top`: where paths begin, and what may hold it several
    /// times; `late`: of a header value.
    fn named(
        &mut self,
        id: NodeId,
        list: &lists::NamedList,
        up: &str,
        (top, base): (NodeId, NodeId),
        late: Option<bool>,
    ) {
        let parent = self.profile.node(id).parent;
        let above = steps(self.profile, parent, top);
        let above = if above.is_empty() { up.to_owned() } else { format!("{up}{above}/") };
        let join = multiplicity(self.profile, parent, base) > 1;
        for name in &list.names {
            for &value in &list.values {
                let chosen = lists::step(self.profile, list, id, name);
                let below =
                    if value == id { String::new() } else { format!("/{}", steps(self.profile, value, id)) };
                let mut words = vec![self.name(parent)];
                words.extend(lists::words(self.profile, id, value, name));
                self.found.push(FoundValue {
                    node: value,
                    path: format!("{above}{chosen}{below}"),
                    least: words.len() - 1,
                    words,
                    header: late.is_some(),
                    join,
                    late: late.unwrap_or(false),
                    picked: Some(name.clone()),
                });
            }
        }
    }

    /// Value nodes at and below `id`, but for those in lists of their own.
    fn leaves(&mut self, id: NodeId, leaves: &mut Vec<NodeId>) {
        let repeats = self.profile.node(id).most > 1;
        if repeats && lists::named(self.profile, id).is_some() {
            leaves.push(id);
            return;
        }
        if repeats && self.values_below(id) > 1 {
            self.lists.push(id);
            return;
        }
        if self.profile.is_value(id) {
            leaves.push(id);
        }
        let children: Vec<NodeId> = self.profile.children(id).collect();
        for child in children {
            self.leaves(child, leaves);
        }
    }

    fn values_below(&self, id: NodeId) -> usize {
        let below: usize = self.profile.children(id).map(|child| self.values_below(child)).sum();
        below + usize::from(self.profile.is_value(id))
    }

    /// Values of the row element, in document order.
    fn row(&mut self, id: NodeId) {
        let row = self.layout.row;
        let within = |detail: NodeId| id == detail || self.profile.path(id, row).contains(&detail);
        let base = match &self.layout.explode {
            Some((detail, _)) if within(*detail) => *detail,
            _ => row,
        };
        let list = if id == row || id == base { None } else { lists::named(self.profile, id) };
        let mut told: Vec<NodeId> = Vec::new();
        if let Some(list) = list {
            self.named(id, &list, "", (row, base), None);
            told.extend(&list.values);
            told.push(list.name);
        } else if self.profile.is_value(id) {
            let path = if id == row { ".".to_owned() } else { steps(self.profile, id, row) };
            let mut words = vec![if self.name(row) == ANY { "value".to_owned() } else { self.name(row) }];
            words.extend(self.profile.path(id, row).into_iter().map(|id| self.name(id)));
            let attribute = self.profile.node(id).attribute && self.profile.node(id).parent != row;
            let join = multiplicity(self.profile, id, base) > 1;
            let least = if attribute { 2 } else { 1 };
            self.add(FoundValue {
                node: id,
                path,
                words,
                least,
                header: false,
                join,
                late: false,
                picked: None,
            });
        }
        let children: Vec<NodeId> = self.profile.children(id).filter(|child| !told.contains(child)).collect();
        for child in children {
            self.row(child);
        }
    }

    fn add(&mut self, found: FoundValue) {
        let written = Path::parse(&found.path).is_ok_and(|path| {
            path.text == found.path
                && path.steps.iter().all(|step| step.predicates.is_empty())
                && path.steps.len() + usize::from(path.attribute.is_some()) + path.up
                    == found.path.split('/').filter(|part| *part != ".").count()
        });
        if written {
            self.found.push(found);
        } else {
            let shown = crate::error::printable(&self.profile.shown(found.node));
            self.notes.push(format!("{shown} is no column, since its name cannot stand in a path"));
        }
    }

    fn note_left_out(&mut self) {
        let named = |nodes: &[NodeId]| {
            let mut text: Vec<String> =
                nodes.iter().take(MAX_NAMED).map(|&id| self.profile.shown(id)).collect();
            if nodes.len() > MAX_NAMED {
                text.push(format!("and {} more", nodes.len() - MAX_NAMED));
            }
            text.join(", ")
        };
        let lists = (!self.lists.is_empty()).then(|| {
            format!(
                "elements beside the rows that repeat, and so are no header values: {}",
                named(&self.lists)
            )
        });
        self.notes.extend(lists);
    }
}

/// The column for the name of a row element that may have any.
fn element(row: NodeId, name: &str) -> DraftColumn {
    DraftColumn {
        name: name.to_owned(),
        path: ".".to_owned(),
        node: row,
        header: false,
        r#type: DraftType::default(),
        sign: None,
        join: false,
        late: false,
        trim: false,
        remarks: vec!["the name of the element says which fact it is".to_owned()],
        element: true,
        picked: None,
        shape: Shape::Other,
        carried: false,
    }
}

fn column(profile: &Profile, layout: &RowLayout, found: FoundValue, name: String) -> DraftColumn {
    let node = profile.node(found.node);
    let mut remarks = Vec::new();
    let above = profile.path(found.node, DOCUMENT);
    let called: Vec<&str> = above.iter().map(|&id| profile.node(id).name.as_str()).collect();
    let (mut r#type, mut why) = kinds::decide(&node.values, words::telling(&called));
    if found.join {
        r#type = DraftType::default();
        remarks.push("occurs several times in a row".to_owned());
    } else if found.picked.is_some() {
        r#type = DraftType::default();
    } else {
        remarks.append(&mut why);
    }
    let unsigned = r#type.kind == Some("decimal") && !found.header && !node.values.negative;
    let beside = if unsigned && words::is_amount(words::telling(&called)) {
        sign::code(profile, found.node, layout.row)
    } else {
        None
    };
    let sign = match beside {
        Some(Beside::Sign(sign)) => {
            remarks.push(sign.remark.clone());
            Some(sign)
        }
        Some(Beside::Perhaps(said)) => {
            remarks.push(said);
            None
        }
        None => None,
    };
    if found.late {
        remarks.push(
            "stands after the rows, so each file is read twice: leave it out if nobody needs it".to_owned(),
        );
    }
    if node.values.filled == 0 {
        remarks.push("never has a value in these files".to_owned());
    }
    let trim = node.values.padded && node.values.filled > 0 && r#type.kind.is_none();
    DraftColumn {
        name,
        path: found.path,
        node: found.node,
        header: found.header,
        r#type,
        sign,
        join: found.join,
        late: found.late,
        trim,
        remarks,
        element: false,
        picked: found.picked,
        shape: shape(&node.values),
        carried: false,
    }
}
