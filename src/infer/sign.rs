//! The code beside an amount that makes it negative.

use crate::profile::{NodeId, Profile};

/// Pairs of codes, the negative one second.
const CODES: [(&str, &str); 8] = [
    ("CRDT", "DBIT"),
    ("CR", "DR"),
    ("C", "D"),
    ("CREDIT", "DEBIT"),
    ("Credit", "Debit"),
    ("credit", "debit"),
    ("Cr", "Dr"),
    ("+", "-"),
];

/// The element or attribute beside `amount` whose values are such codes, with those that are negative. What is
/// called an amount may also take the code of what it stands in, up to `top`; a limit or a fee may not.
pub(super) fn code(profile: &Profile, amount: NodeId, top: NodeId) -> Option<(NodeId, Vec<String>)> {
    let mut holder = if profile.node(amount).attribute { profile.node(amount).parent } else { amount };
    // Attributes of the amount's own element come first.
    let mut around = vec![holder];
    while holder != top {
        holder = profile.node(holder).parent;
        around.push(holder);
    }
    let name = profile.node(amount).name.to_lowercase();
    let reach = if name.ends_with("amt") || name.ends_with("amount") { around.len() } else { 2 };
    around.into_iter().take(reach).find_map(|holder| {
        profile.children(holder).find_map(|id| negative(profile, id).map(|codes| (id, codes)))
    })
}

/// The negative codes, if all of the node's values are of one pair.
fn negative(profile: &Profile, id: NodeId) -> Option<Vec<String>> {
    let node = profile.node(id);
    let few = node.values.few.as_ref().filter(|few| !few.is_empty() && few.len() <= 2)?;
    if node.most > 1 {
        return None;
    }
    let (_, negative) =
        CODES.iter().find(|(one, other)| few.iter().all(|code| code == one || code == other))?;
    // A single letter or sign may mean anything unless both occur, or the name speaks of it.
    let name = node.name.to_lowercase();
    let named = ["dbt", "debit", "sign", "dc", "crdr", "drcr"].iter().any(|word| name.contains(word));
    (negative.len() > 2 || few.len() == 2 || named).then(|| vec![(*negative).to_owned()])
}
