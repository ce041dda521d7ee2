//! Whatever happens to a run, a plain rerun gives the result of an undisturbed one, ours stays as it was,
//! and nothing of the dead run is left.
//!
//! Tests hold or kill the program at the failpoints of `src/failpoint.rs`.

mod audit;
mod dead_sessions;
mod disk;
mod ids;
mod kills;
mod races;
mod row_sets;
mod sessions;
pub mod setup;
mod shared;
mod signals;
mod silence;
mod told;
