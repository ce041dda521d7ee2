//! From sample files to a feed: the row element, columns with types, the key as measured, and the pairing with our
//! table.
//!
//! Everything here is computed from a [`Profile`], from the converter's own output
//! ([`measure`]) and from a sample of ours that the caller reads ([`pairing`]). Knows no database.

mod alike;
mod columns;
pub mod keys;
mod kinds;
mod layout;
pub mod measure;
pub mod names;
pub mod pairing;
mod render;
mod sign;
#[cfg(test)]
mod tests;

pub use alike::alike;
pub use layout::{Layout, layout};
pub use render::{Facts, OurSide, counted, render};

use crate::{
    error::{Code, Error, Result},
    profile::{NodeId, Profile},
};

/// A feed in the making.
#[derive(Debug, Clone)]
pub struct Draft {
    /// `[feed] name`.
    pub name: String,
    /// `[xml]`.
    pub layout: Layout,
    /// `[[column]]`, header values first.
    pub columns: Vec<Column>,
    /// Sentences about what was left out, for the head of the feed.
    pub notes: Vec<String>,
    /// Samples without rows.
    pub empty: Vec<String>,
    /// What identifies a row.
    pub key: Key,
}

/// One `[[column]]`.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the feed")]
pub struct Column {
    /// Its name in the feed.
    pub name: String,
    /// Its path from the row.
    pub path: String,
    /// Where its values stand in the profile.
    pub node: NodeId,
    /// It stands outside the row element.
    pub header: bool,
    /// How it is read.
    pub form: Form,
    /// Codes that make the number negative, and where they stand.
    pub sign: Option<Sign>,
    /// Several values are joined.
    pub join: bool,
    /// It stands after the rows.
    pub late: bool,
    /// White space at the ends is no part of the value.
    pub trim: bool,
    /// Sentences for the comment.
    pub remarks: Vec<String>,
    /// Not compared, since nothing of ours was found for it.
    pub carried: bool,
}

/// The type of a column, with what it takes to read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// `type`; `None` is text.
    pub kind: Option<&'static str>,
    /// `format`.
    pub format: Option<&'static str>,
    /// `decimal_comma`.
    pub decimal_comma: bool,
    /// `strip`.
    pub strip: Option<&'static str>,
}

/// `sign = { path, negative }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// Relative to the row.
    pub path: String,
    /// Codes that mean a negative number.
    pub negative: Vec<String>,
}

/// What identifies a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// The row's number in its file; with several files, the file's name too.
    Ordinal {
        /// Several files.
        files: bool,
        /// The set of columns that comes nearest to a key, with what was measured.
        nearest: Option<String>,
    },
    /// Columns by their index, or [`DETAIL`], with what was measured.
    Columns(Vec<usize>, String),
}

/// In a key: the number of the detail in its row.
pub const DETAIL: usize = usize::MAX;

/// Drafts a feed from what the samples look like; its key is the row's number until something was measured.
///
/// # Errors
/// `Refused` where there is nothing that could be a row.
pub fn draft(profile: &Profile, name: Option<&str>, files: &[String]) -> Result<Draft> {
    let layout = layout(profile).ok_or_else(|| {
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
    let key = Key::Ordinal { files: files.len() > 1, nearest: None };
    Ok(Draft { name, layout, columns, notes, empty: Vec::new(), key })
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
        (column.form, column.sign) = (Form::default(), None);
        if !column.join {
            column.join = true;
            column.remarks.push(format!("{path} is joined, since nothing of it was found in ours"));
        }
    }
    draft.layout.explode = None;
    true
}
