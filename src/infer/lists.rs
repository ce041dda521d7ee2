//! Lists of names and values: `<Property name="x" value="y"/>`, `<Key>x</Key><Value>y</Value>`. What repeats there is no
//! record; each name is a column.

use super::words;
use crate::profile::{NodeId, Profile};

/// What a name is called in such a list.
const NAMES: [&str; 11] =
    ["name", "key", "n", "k", "tag", "field", "label", "property", "param", "parameter", "attribute"];
/// What it may be called where each name occurs again in a next list.
const ROLES: [&str; 7] = ["type", "typ", "r", "qual", "qualifier", "role", "id"];
/// What a value is called beside a name.
const VALUES: [&str; 5] = ["value", "val", "v", "text", "data"];
/// More columns than this are no list of names.
const MAX_NAMES: usize = 40;

/// A list, by one of its elements.
pub(super) struct NamedList {
    /// The attribute or child that holds the name.
    pub name: NodeId,
    /// Those that hold values; the element itself where its text is one.
    pub values: Vec<NodeId>,
    /// The names.
    pub names: Vec<String>,
}

/// The list whose elements `id` stands for; `None` where it is none.
pub(super) fn named(profile: &Profile, id: NodeId) -> Option<NamedList> {
    let node = profile.node(id);
    if node.attribute || node.most < 2 {
        return None;
    }
    let called =
        |child: NodeId, list: &[&str]| list.contains(&profile.node(child).name.to_lowercase().as_str());
    let single = |&child: &NodeId| profile.is_value(child) && profile.node(child).most == 1;
    let fields: Vec<NodeId> = profile.children(id).filter(single).collect();
    let of = |list: &[&str]| {
        list.iter().find_map(|word| fields.iter().copied().find(|&child| called(child, &[word])))
    };
    let name = of(&NAMES).or_else(|| of(&ROLES))?;
    let mut values: Vec<NodeId> = fields.into_iter().filter(|&child| child != name).collect();
    if node.values.filled > 0 {
        values.insert(0, id);
    }
    let key = profile.node(name);
    let few = key.values.few.as_ref()?;
    let lists = profile.node(node.parent).count;
    let again = lists > 1 && node.count >= few.len() as u64 * 2;
    let valued = values.iter().any(|&value| called(value, &VALUES));
    let sure = called(name, &NAMES) && (values == [id] || valued);
    let role = called(name, &ROLES) && (valued || !called(name, &["id"]));
    let fits = !values.is_empty()
        && !key.twice
        && key.values.empty == 0
        && key.count == node.count
        && (2..=MAX_NAMES).contains(&few.len())
        && few.len() * values.len() <= MAX_NAMES * 2
        && few.iter().all(|name| !name.contains(['\'', '"']) && !name.chars().any(char::is_control));
    (fits && (sure || role && again)).then(|| NamedList {
        name,
        values,
        names: few.iter().cloned().collect(),
    })
}

/// The step that chooses the element of one name.
pub(super) fn step(profile: &Profile, list: &NamedList, id: NodeId, name: &str) -> String {
    let key = profile.node(list.name);
    let at = if key.attribute { "@" } else { "" };
    format!("{}[{at}{}='{name}']", profile.node(id).name, key.name)
}

/// Names of the column that holds a value of this name: the list's own, unless what it is called says nothing.
pub(super) fn words(profile: &Profile, id: NodeId, value: NodeId, name: &str) -> Vec<String> {
    let node = profile.node(value);
    let mut words = vec![name.to_owned()];
    if value != id && !VALUES.contains(&node.name.to_lowercase().as_str()) {
        words.push(node.name.clone());
    }
    if words::telling(&[name]).chars().all(|c| c.is_ascii_digit()) {
        words.insert(0, profile.node(id).name.clone());
    }
    words
}
