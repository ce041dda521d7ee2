//! The draft itself: what `infer` proposes before it is written as a feed file.

use super::{layout::RowLayout, shape::Shape};
use crate::profile::NodeId;

/// A feed in the making.
#[derive(Debug, Clone)]
pub struct Draft {
    /// `[feed] name`.
    pub name: String,
    /// `[xml]`.
    pub layout: RowLayout,
    /// `[[column]]`, header values first.
    pub columns: Vec<DraftColumn>,
    /// Sentences about what was left out, for the head of the feed.
    pub notes: Vec<String>,
    /// Samples without rows.
    pub empty: Vec<String>,
    /// An element that stands in every sample, also in those without rows.
    pub proof: Option<String>,
    /// What identifies a row.
    pub key: DraftKey,
}

impl Draft {
    /// The names of its columns.
    pub(super) fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }
}

/// One `[[column]]`.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the feed")]
pub struct DraftColumn {
    /// Its name in the feed.
    pub name: String,
    /// Its path from the row.
    pub path: String,
    /// Where its values stand in the profile.
    pub node: NodeId,
    /// It stands outside the row element.
    pub header: bool,
    /// How it is read.
    pub r#type: DraftType,
    /// Codes that make the number negative, and where they stand.
    pub sign: Option<DraftSign>,
    /// Several values are joined.
    pub join: bool,
    /// It stands after the rows.
    pub late: bool,
    /// White space at the ends is no part of the value.
    pub trim: bool,
    /// Sentences for the comment.
    pub remarks: Vec<String>,
    /// It is the name of the row element, and has no path.
    pub element: bool,
    /// Its path chooses by a name, so what the profile knows of `node` is of all names together.
    pub picked: Option<String>,
    /// What its values are by themselves.
    pub(super) shape: Shape,
    /// Not compared, since nothing of ours was found for it.
    pub carried: bool,
}

/// The type of a column, with what it takes to read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftType {
    /// `type`; `None` is text.
    pub kind: Option<&'static str>,
    /// `format`.
    pub format: Option<&'static str>,
    /// `decimal`: `comma` or `auto`.
    pub decimal: Option<&'static str>,
    /// `strip`.
    pub strip: Option<&'static str>,
}

/// `sign = { path, negative, positive }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftSign {
    /// Relative to the row.
    pub path: String,
    /// Codes that mean a negative number.
    pub negative: Vec<String>,
    /// Codes that mean a positive one.
    pub positive: Vec<String>,
    /// What was seen, for the comment.
    pub remark: String,
}

/// What identifies a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftKey {
    /// The row's number in its file: with an id of what the rows stand in, or, with several files, the file's name.
    Ordinal {
        /// The column that tells this file from others.
        parent: Option<usize>,
        /// Several files.
        files: bool,
        /// The set of columns that comes nearest to a key, with what was measured.
        nearest: Option<String>,
    },
    /// Its parts, with what was measured.
    Parts(Vec<KeyPart>, String),
}

impl DraftKey {
    /// Whether this is one of its parts.
    pub(super) fn holds(&self, part: KeyPart) -> bool {
        match self {
            Self::Parts(parts, _) => parts.contains(&part),
            Self::Ordinal { parent, .. } => parent.map(KeyPart::Column) == Some(part),
        }
    }
}

/// A part of a key. Columns come before the detail's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyPart {
    /// A column of the draft, by its index.
    Column(usize),
    /// The number of the detail in its row.
    Detail,
}
