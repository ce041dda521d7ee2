//! What tieout's own tables hold, as structs: past runs, the files they counted, their results and rejects. It knows how
//! the rows look, not when they are asked for.

mod accepted;
mod arrivals;
mod breaks;
mod files;
mod positions;
mod results;
mod runs;

pub use accepted::{AcceptedBreak, KnownBreak, OpenRow};
pub use arrivals::{Arrival, ArrivalSaid};
pub use breaks::{ClearedRow, LifeCount, OpenCount};
pub use files::{FileDay, IgnoredFile, LastLook, RefusedName, TakenFile};
pub use positions::PositionRow;
pub use results::{RejectRow, result_row};
pub use runs::{CountedFile, FeedKey, Fence, OutcomeRows, RunDetail, RunKey, RunRow};
