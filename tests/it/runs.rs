//! What a run comes to, and each command beside it that works on what a run reads or leaves.

mod accepted;
mod breaks;
mod corrections;
mod demo;
mod equal_keys;
mod fail_on;
mod feeds;
mod infer;
mod manifest;
mod nightly;
mod plan;
mod sources;
mod statements;
mod succession;
mod timing;
pub mod wide;
