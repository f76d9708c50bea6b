//! The invariants of the tests, for the fuzzer.

#[path = "../../crates/log/tests/invariants/mod.rs"]
pub mod invariants;
