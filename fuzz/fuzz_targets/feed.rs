//! See `tieout_fuzz::feed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tieout_fuzz::feed::check(bytes));
