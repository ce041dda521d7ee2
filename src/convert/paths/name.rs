//! Names as numbers, and which value of an element is meant.

/// A name of the feed; `OTHER` for all others.
pub(in crate::convert) type Name = u16;

/// Any name that leads nowhere in the state where it was met.
pub(super) const OTHER: Name = 0;

/// One of the values that an element can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::convert) enum ValueOf {
    /// Its own text.
    Text,
    /// The attribute of that name.
    Attribute(Name),
    /// Everything inside it, as it stands in the document.
    Raw,
}
