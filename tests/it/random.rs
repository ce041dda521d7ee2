//! Random rows, from a seed: what is drawn is known by its meaning, so the right answer is known too.

mod differential;
mod properties;
