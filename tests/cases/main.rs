//! Tests that are files: a folder of cases each, and what it means to be one.

mod corpus;
mod corrections;
mod feeds;
mod fuzz;
mod golden;
#[path = "../support/mod.rs"]
mod support;
mod verdicts;
