//! Random rows: every database writes the same canonical text and comes to the same verdict as a plain
//! computation that shares no code with the program.
//!
//! The seed is printed with a failure; `TIEOUT_TEST_SEED` runs it again.

mod canonical;
mod values;
mod verdict;

pub mod xml;
