//! See `tieout_fuzz::convert`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tieout_fuzz::convert::check(bytes));
