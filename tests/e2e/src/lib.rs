//! The outside world of Consentry's browser tests and of the demo: the vendors a marketing site would load.

pub mod vendor;
