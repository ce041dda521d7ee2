//! Random rows: every database writes the same canonical text as a plain computation that shares no code
//! with the program. What becomes of random rows is in `differential`.
//!
//! The rows are always the same, unless `TIEOUT_TEST_SEED` names another seed, as `scripts/differential` does.

mod canonical;
mod values;

mod xml;
