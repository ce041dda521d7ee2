//! The code beside an amount that makes it negative.

use super::{draft::DraftSign, layout::steps, words};
use crate::profile::{NodeId, Profile};

/// Pairs of codes, the negative one second.
const CODES: [(&str, &str); 14] = [
    ("CRDT", "DBIT"),
    ("CREDIT", "DEBIT"),
    ("Credit", "Debit"),
    ("credit", "debit"),
    ("CRED", "DEB"),
    ("CR", "DR"),
    ("Cr", "Dr"),
    ("cr", "dr"),
    ("HABEN", "SOLL"),
    ("Haben", "Soll"),
    ("H", "S"),
    ("C", "D"),
    ("+", "-"),
    ("K", "D"),
];
/// Pairs that mean nothing else: one of them tells what the other is called.
const KNOWN: usize = 4;

/// What a code beside an amount means.
pub(super) enum Beside {
    /// Its sign.
    Sign(DraftSign),
    /// Perhaps its sign: a sentence.
    Perhaps(String),
}

/// The element or attribute beside `amount` whose values are such codes. What is called an amount may also take the
/// code of what it stands in, up to `top`; a limit or a fee may not.
pub(super) fn code(profile: &Profile, amount: NodeId, top: NodeId) -> Option<Beside> {
    let mut holder = if profile.node(amount).attribute { profile.node(amount).parent } else { amount };
    // Attributes of the amount's own element come first.
    let mut around = vec![holder];
    while holder != top {
        holder = profile.node(holder).parent;
        around.push(holder);
    }
    let name = profile.node(amount).name.to_lowercase();
    let reach = if name.ends_with("amt") || name.ends_with("amount") { around.len() } else { 2 };
    around
        .into_iter()
        .take(reach)
        .find_map(|holder| profile.children(holder).find_map(|id| judged(profile, id, top)))
}

/// Whether all of the node's values are of one pair, and what that says.
fn judged(profile: &Profile, id: NodeId, top: NodeId) -> Option<Beside> {
    let node = profile.node(id);
    let few = node.values.few.as_ref().filter(|few| !few.is_empty())?;
    if node.most > 1 || node.values.empty > 0 {
        return None;
    }
    let of_pair = |(one, other): &(&str, &str)| few.iter().all(|code| code == one || code == other);
    let at = CODES.iter().position(of_pair)?;
    let (positive, negative) = CODES[at];
    if few.len() < 2 && at >= KNOWN {
        return None;
    }
    let path = steps(profile, id, top);
    if words::is_type(&node.name) {
        return Some(Beside::Perhaps(format!(
            "{path} beside it says {}: if that is its sign, write sign = {{ path = {path:?}, negative = [{negative:?}], positive = [{positive:?}] }}",
            few.iter().map(String::as_str).collect::<Vec<_>>().join(" or ")
        )));
    }
    let occurs = few.iter().map(String::as_str).collect::<Vec<_>>().join(" and ");
    let remark = match few.len() {
        2 => format!("its sign: {occurs} occur"),
        _ => format!("its sign: only {occurs} occurs here"),
    };
    let [negative, positive] = [negative, positive].map(|code| vec![code.to_owned()]);
    Some(Beside::Sign(DraftSign { path, negative, positive, remark }))
}
