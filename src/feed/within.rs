//! Where paths that name elements from above lead into rows.

use super::{
    Xml,
    path::{RowPath, Step},
};

/// Where a `per` stands that leads to a row, or into one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ScopePlace {
    /// At the row element, or below it and above the details (or at one): rows can be counted in it.
    Above {
        /// So many of its steps lead to the row element; 0: all stand within.
        entered: usize,
        /// The steps from the row element.
        inner: Vec<Step>,
    },
    /// Somewhere else within the row.
    Aside,
}

/// The places of a `per` within the rows, as far as names tell; none where it stands outside.
pub(crate) fn places(per: &RowPath, xml: &Xml) -> Vec<ScopePlace> {
    let details = xml.explode.as_ref().map_or([].as_slice(), |explode| explode.steps.as_slice());
    let mut found = Vec::new();
    for row in &xml.row {
        for entered in meetings(&per.steps, per.absolute, row) {
            let inner = &per.steps[entered..];
            let holds_rows = inner.len() <= details.len() && same(inner, &details[..inner.len()]);
            if holds_rows {
                found.push(ScopePlace::Above { entered, inner: inner.to_vec() });
            } else if row.steps.iter().chain(&per.steps[..entered]).all(is_plain) {
                found.push(ScopePlace::Aside);
            }
        }
    }
    for depth in 1..=details.len() {
        let length = per.steps.len();
        if !per.absolute && length <= depth && same(&per.steps, &details[depth - length..depth]) {
            let mut inner = details[..depth - length].to_vec();
            inner.extend_from_slice(&per.steps);
            found.push(ScopePlace::Above { entered: 0, inner });
        }
    }
    found
}

/// After how many of the steps (at least one) the row element may be reached. `absolute`: they begin at the document.
pub(crate) fn meetings(steps: &[Step], absolute: bool, row: &RowPath) -> Vec<usize> {
    let own = &row.steps;
    let fits = |entered: &usize| match (absolute, row.absolute) {
        (true, true) => *entered == own.len(),
        (true, false) => *entered >= own.len(),
        (false, true) => *entered <= own.len(),
        (false, false) => true,
    };
    let meets = |entered: &usize| {
        let common = (*entered).min(own.len());
        same(&steps[entered - common..*entered], &own[own.len() - common..])
    };
    (1..=steps.len()).filter(fits).filter(meets).collect()
}

/// Its name tells which elements it means.
fn is_plain(step: &Step) -> bool {
    step.predicates.is_empty() && step.name != "*"
}

/// The steps may name the same elements.
fn same(one: &[Step], other: &[Step]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|(a, b)| a.name == b.name || a.name == "*" || b.name == "*")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xml(row: &[&str], explode: Option<&str>) -> Xml {
        let parse = |text: &&str| RowPath::parse(text).unwrap();
        Xml { row: row.iter().map(parse).collect(), explode: explode.as_ref().map(parse), ..Xml::default() }
    }

    #[test]
    fn a_per_is_outside_at_the_row_or_above_the_details() {
        for (row, explode, per, expected) in [
            (&["Stmt/Ntry"][..], Some("Dtls/Tx"), "Stmt", &[][..]),
            (&["Stmt/Ntry"], Some("Dtls/Tx"), "Ntry", &["1 "]),
            (&["Stmt/Ntry"], Some("Dtls/Tx"), "Doc/Stmt/Ntry", &["3 "]),
            (&["Stmt/Ntry"], Some("Dtls/Tx"), "Stmt/Ntry/Dtls", &["2 Dtls"]),
            (&["Stmt/Ntry"], Some("Dtls/Tx"), "Dtls", &["0 Dtls"]),
            (&["Stmt/Ntry"], Some("Dtls/Tx"), "Dtls/Tx", &["0 Dtls/Tx"]),
            (&["Stmt/Ntry"], Some("Dtls/Tx"), "Tx", &["0 Dtls/Tx"]),
            (&["Stmt/Ntry"], Some("Dtls/Tx"), "Ntry/Chrgs", &["aside"]),
            (&["Stmt/Ntry"], Some("Dtls/Tx"), "Ntry/Dtls/Tx/Chrgs", &["aside"]),
            (&["Stmt/Ntry[Sts]"], Some("Dtls/Tx"), "Ntry/Chrgs", &[]),
            (&["Stmt/Ntry"], None, "Ntry/Dtls", &["aside"]),
            (&["Stmt/Ntry"], None, "Dtls", &[]),
            (&["/Doc/Ntry"], None, "/Doc/Ntry", &["2 "]),
            (&["/Doc/Ntry"], None, "/Ntry", &[]),
            (&["/Doc/Ntry"], None, "X/Doc/Ntry", &[]),
            (&["Cube/Cube[@rate]"], None, "Cube/Cube", &["2 "]),
            (&["INV/*"], None, "INV/BUY", &["2 "]),
            (&["INV/*"], None, "LIST/INV", &[]),
            (&["a", "b"], None, "b", &["1 "]),
        ] {
            let per = RowPath::parse(per).unwrap();
            let names = |steps: &[Step]| steps.iter().map(|s| s.name.clone()).collect::<Vec<_>>().join("/");
            let found: Vec<String> = places(&per, &xml(row, explode))
                .iter()
                .map(|place| match place {
                    ScopePlace::Above { entered, inner } => format!("{entered} {}", names(inner)),
                    ScopePlace::Aside => "aside".to_owned(),
                })
                .collect();
            assert_eq!(found, expected, "{} in {row:?}", per.text);
        }
    }
}
