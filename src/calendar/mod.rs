//! Business days, times of day in a zone, and what a day is expected to bring. It knows neither files nor databases:
//! what came, and when, is told to it.

mod cut_off;
mod days;
mod expected;
mod words;

pub use cut_off::CutOff;
pub use days::BusinessDays;
pub use expected::{Arrived, Expected, JudgedDay};
pub use words::Misread;
