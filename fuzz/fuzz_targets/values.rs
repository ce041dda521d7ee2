//! See `tieout_fuzz::values`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tieout_fuzz::values::check(bytes));
