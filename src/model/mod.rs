//! The words that everything else speaks: what was converted, what became of it and why, what ours looks like, and the
//! summary of a run. Plain data; it imports nothing of this crate but errors and canonical numbers.

mod break_id;
pub mod checksum;
mod control;
mod converted;
pub mod currency;
mod expected;
mod key_sides;
mod life;
mod ours;
mod outcome;
mod passed_over;
mod reason;
mod refused;
mod result_row;
pub mod row_id;
mod run_id;
mod standing;
mod summary;
mod timing;
mod told;
mod verdict;

pub use break_id::{BreakIds, fingerprint, is_break_id};
pub use control::{ControlCheck, ControlExample, ControlSummary};
pub use converted::{Chunk, Converted, FilteredBy, GroupTotal, Reject, WHERE, chunk_name};
pub use expected::ExpectedFiles;
pub use key_sides::KeySides;
pub use life::{Acceptance, Life, LifeSummary, OpenBreak};
pub use ours::{Correctable, FILTERED, Family, OurColumn, OurField, OurTable, OursShape, Parameters};
pub use outcome::Outcome;
pub use passed_over::PassedOver;
pub use reason::{Reason, add_reasons, reason};
pub use refused::RefusedFile;
pub use result_row::{ResultRow, Side};
pub use run_id::{FeedName, MAX_FEED_NAME, RunId, in_feed_name};
pub use standing::{Standing, StandingOf};
pub use summary::{
    Absorbed, ColumnSummary, CountLine, Counts, DatabaseSummary, FileSummary, NOTHING_COMPARED, Suggestions,
    Summary, TotalSummary,
};
pub use timing::TimingSummary;
pub use verdict::{Verdict, controls_failed};
