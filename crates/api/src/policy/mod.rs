//! The policy file: what an operator writes as TOML and publishes as JSON, and the way from it to the core's policy.

mod check;
mod disclosure;
mod file;
mod view;

pub use check::{Problem, Published, check};
pub use file::*;
pub use view::{SURFACES, contrast, notice, theme_css};
