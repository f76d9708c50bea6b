//! Fuzzes the parser of `checkpoint` with the invariant that the tests hold it to.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| consentry_fuzz::invariants::checkpoint(bytes));
