//! The gate: bundled from TypeScript, type-checked, and given the wire constants the Rust side owns.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::paths;
use crate::shell::{capture, command, step, write_if_changed};
use crate::tools;

/// Builds `target/artefacts/gate.js`: one expression statement that reads the free identifier `PAYLOAD`.
///
/// The service wraps it as `(PAYLOAD=>{…})(<payload>)`, so the same bytes serve every site and are hashed once.
pub fn build() -> Result<()> {
    let out = paths::scratch().join("gate.js");
    let mut esbuild = Command::new(tools::esbuild()?);
    esbuild.current_dir(paths::root()).arg("www/gate/src/main.ts");
    esbuild.args(["--bundle", "--minify", "--format=iife", "--target=es2020", "--charset=utf8"]);
    esbuild
        .args(["--log-level=warning", "--legal-comments=none"])
        .arg(format!("--outfile={}", out.display()));
    step("gate: bundle", || capture(&mut esbuild))?;
    let text = std::fs::read_to_string(&out).context("cannot read the bundled gate")?;
    write_if_changed(&paths::artefacts().join("gate.js"), text.trim_end().as_bytes()).map(|_| ())
}

/// Checks the gate's types.
pub fn check_types() -> Result<()> {
    let mut tsc = command("node");
    tsc.arg("node_modules/typescript/bin/tsc").args(["--noEmit", "--project", "www/gate"]);
    capture(&mut tsc).map(|_| ())
}

/// Writes `www/gate/src/wire.ts` from the constants of `consentry-api`, or only compares it.
///
/// The text is printed by an example of that crate rather than linked in here: a change of the wire format then does not
/// rebuild this tool.
pub fn wire(check_only: bool) -> Result<()> {
    let mut cargo = crate::shell::cargo();
    cargo.args(["run", "--quiet", "--package", "consentry-api", "--example", "wire"]);
    let text = capture(&mut cargo)?;
    let file = paths::at("www/gate/src/wire.ts");
    if !check_only {
        return write_if_changed(&file, text.as_bytes()).map(|_| ());
    }
    if std::fs::read_to_string(&file).is_ok_and(|old| old == text) {
        return Ok(());
    }
    bail!("www/gate/src/wire.ts differs from the Rust constants: run `cargo xtask wire`");
}
