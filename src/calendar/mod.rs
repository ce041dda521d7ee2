//! Business days, times of day in a zone, and what a day is expected to bring, and
//! which days are near to a cut-off. It knows neither files nor databases:
//! what came, and when, is told to it.

mod cut_off;
mod days;
mod expected;
mod grace;
mod words;

pub use cut_off::CutOff;
pub use days::{BusinessDays, iso_date};
pub use expected::{Expected, JudgedDay, Look};
pub use grace::Grace;
pub use words::Misread;
