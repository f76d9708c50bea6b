//! What is generated from the Rust side and committed all the same: written, or only compared.
//!
//! The texts are printed by examples of `consentry-api` rather than linked in here: a change of a type then does not rebuild
//! this tool.

use anyhow::{Result, bail};

use crate::paths;
use crate::shell::{capture, cargo, write_if_changed};

/// The constants that gate and edge share, as a TypeScript module.
pub fn wire(check_only: bool) -> Result<()> {
    mirror("wire", &[], "www/gate/src/wire.ts", check_only)
}

/// The description of the HTTP API.
pub fn openapi(check_only: bool) -> Result<()> {
    mirror("openapi", &["--features", "openapi"], "crates/api/openapi.json", check_only)
}

/// Example and command of this tool have the same name.
fn mirror(name: &str, features: &[&str], file: &str, check_only: bool) -> Result<()> {
    let mut cargo = cargo();
    cargo.args(["run", "--quiet", "--package", "consentry-api", "--example", name]).args(features);
    let text = capture(&mut cargo)?;
    keep(file, &text, check_only, name)
}

/// Writes a generated file, or fails where it is not what is there.
pub fn keep(file: &str, text: &str, check_only: bool, command: &str) -> Result<()> {
    let path = paths::at(file);
    if !check_only {
        return write_if_changed(&path, text.as_bytes()).map(|_| ());
    }
    if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    bail!("{file} is not what its source says: run `cargo xtask {command}`");
}
