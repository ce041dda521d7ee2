//! Who else is told what a run came to: another service, a monitoring system.

mod metrics;
mod webhook;

pub use metrics::{Past, write as write_metrics};
pub use webhook::{Happened, post};
