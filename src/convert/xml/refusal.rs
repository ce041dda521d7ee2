//! Refusals that the tokens and the walk share.

use crate::{
    convert::location::Location,
    error::{Code, Error},
};
use std::fmt::Display;

/// The document breaks a rule of XML at this place.
pub(super) fn ill_formed(place: Location<'_>, what: impl Display) -> Error {
    place.refused(Code::NotWellFormed, format!("not well-formed: {what}"))
}

/// The document breaks a rule of namespaces at this place.
pub(super) fn against_namespaces(place: Location<'_>, what: impl Display) -> Error {
    place.refused(Code::NamespaceRule, format!("against the rules of namespaces: {what}"))
}

/// The document ends too early: within markup, or before every element has ended.
pub(super) fn truncated(open: usize) -> String {
    match open {
        0 => "the file is truncated: it ends within markup".to_owned(),
        open => format!("the file is truncated: it ends with {open} open elements"),
    }
}
