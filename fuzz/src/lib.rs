//! What each fuzz target checks about one input. A panic is a finding.
//!
//! The test-suite includes this file, too (`tests/cases/fuzz.rs`), and runs every input that is committed under
//! `corpus` through the same functions.

pub mod conversion;
pub mod convert;
pub mod feed;
pub mod paths;
pub mod values;
