//! From sample files to a feed: the row element, columns with types, the key as measured, and the pairing with our
//! table.
//!
//! Everything here is computed from a [`Profile`], from the converter's own output
//! ([`measure`]) and from a sample of ours that the caller reads ([`pairing`]). Knows no database.

mod candidates;
mod columns;
mod draft;
pub mod keys;
mod kinds;
mod layout;
mod lists;
pub mod measure;
pub mod names;
pub mod ours;
pub mod pairing;
mod render;
mod shape;
mod sign;
mod similarity;
#[cfg(test)]
mod tests;
mod words;

pub use candidates::candidates;
pub use draft::{Draft, DraftKey, KeyPart};
pub use render::{Facts, Pairing, counted, render};
pub use similarity::similarity;

use draft::DraftType;

use crate::{
    error::{Code, Error, Result},
    profile::Profile,
};

/// Drafts a feed from what the samples look like; its key is the row's number until something was measured.
///
/// # Errors
/// `Refused` where there is nothing that could be a row.
pub fn draft(profile: &Profile, name: Option<&str>, files: &[String]) -> Result<Draft> {
    let layout = layout::layout(profile).ok_or_else(|| {
        Error::new(
            Code::NoValue,
            format!("{}: holds no value, so there is nothing to reconcile", files.join(", ")),
        )
    })?;
    let (columns, mut notes) = columns::columns(profile, &layout);
    if profile.incomplete {
        notes.push("the files hold more different names than are told apart: some are missing here".into());
    }
    let name = match name {
        Some(name) => name.to_owned(),
        None => names::feed_name(layout.root.as_deref(), files),
    };
    let key = DraftKey::Ordinal { parent: None, files: files.len() > 1, nearest: None };
    let proof = layout::proof(profile, layout.row);
    Ok(Draft { name, layout, columns, notes, empty: Vec::new(), proof, key })
}

/// Joins the details of a row instead of making each a row, unless a column of theirs that `keep` names is one of
/// them: where ours knows no details, a row of its own for each would only repeat ours. Says whether it did.
pub fn join_details(draft: &mut Draft, profile: &Profile, keep: impl Fn(usize) -> bool) -> bool {
    let Some((detail, path)) = draft.layout.explode.clone() else { return false };
    let inside: Vec<usize> = (0..draft.columns.len())
        .filter(|&n| {
            let node = draft.columns[n].node;
            node == detail || profile.path(node, draft.layout.row).contains(&detail)
        })
        .collect();
    if inside.iter().any(|&n| keep(n)) {
        return false;
    }
    for n in inside {
        let column = &mut draft.columns[n];
        (column.r#type, column.sign) = (DraftType::default(), None);
        if !column.join {
            column.join = true;
            column.remarks.push(format!("{path} is joined, since nothing of it was found in ours"));
        }
    }
    draft.layout.explode = None;
    true
}
