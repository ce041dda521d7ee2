//! One equation of the proof.

use crate::error::{Code, Error, Result};

/// Both sides of an equation are equal.
///
/// # Errors
/// `Internal`, with the equation and both sides.
pub fn equal<T: PartialEq + std::fmt::Display>(equation: &str, left: &T, right: &T) -> Result<()> {
    if left == right {
        return Ok(());
    }
    Err(Error::check(Code::ProofFailed, format!("{equation} does not hold: {left} against {right}")))
}
