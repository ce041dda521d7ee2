//! Random rows: every database writes the same canonical text as a plain computation that shares no code
//! with the program. What becomes of random rows is in `differential`.
//!
//! The seed is printed with a failure; `TIEOUT_TEST_SEED` runs it again.

mod canonical;
mod values;

mod xml;
