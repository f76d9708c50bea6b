//! Fuzzes the parser of `tlog_proof` with the invariant that the tests hold it to.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| consentry_fuzz::invariants::tlog_proof(bytes));
