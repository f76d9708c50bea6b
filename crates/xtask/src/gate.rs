//! The gate: bundled from TypeScript and type-checked.

use std::process::Command;

use anyhow::{Context, Result};

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
