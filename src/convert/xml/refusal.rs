//! Refusals that the tokens and the walk share.

use crate::{convert::location::Location, error::Error};
use std::fmt::Display;

const NOT_WELL_FORMED: &str = "the file is damaged or was written by hand: fetch it again, or ask the sender";
pub(super) const TRUNCATED: &str = "the file was cut short, perhaps while it was uploaded: fetch it again";

/// The document breaks a rule of XML at this place.
pub(super) fn ill_formed(place: Location<'_>, what: impl Display) -> Error {
    place.refused(format!("not well-formed: {what}"), NOT_WELL_FORMED)
}

/// The document ends too early: within markup, or before every element has ended.
pub(super) fn truncated(open: usize) -> String {
    match open {
        0 => "the file is truncated: it ends within markup".to_owned(),
        open => format!("the file is truncated: it ends with {open} open elements"),
    }
}
