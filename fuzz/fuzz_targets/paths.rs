//! See `tieout_fuzz::paths`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tieout_fuzz::paths::check(bytes));
