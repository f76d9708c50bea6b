//! Fuzzes the parser of `note` with the invariant that the tests hold it to.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| consentry_fuzz::invariants::note(bytes));
