//! The gate, its parts and what comes later: bundled from TypeScript and type-checked.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use walkdir::WalkDir;

use crate::mirror;
use crate::paths;
use crate::shell::{capture, command, step, write_if_changed};
use crate::tools;

/// Builds `target/artefacts/gate.js`: the body of a function of `PAYLOAD` and `PARTS`; each part is one of `GATE` and `CONFIG`.
///
/// The service wraps it as `((PAYLOAD,PARTS)=>{…})(<payload>,[<parts>])`, so the same bytes serve every site and are hashed once.
/// Beside it `parts.json`, every part's code by its name, and `later.js`, a module.
pub fn build() -> Result<()> {
    let write = |name: &str, text: &str| {
        write_if_changed(&paths::artefacts().join(name), text.as_bytes()).map(|_| ())
    };
    step("gate: bundle", || {
        write("gate.js", body(&bundle("main", "iife")?)?)?;
        write("later.js", &bundle("later/main", "esm")?)?;
        let part = |name: String| {
            let text = bundle(&format!("parts/{name}"), "iife")?;
            Ok((name, body(&text)?.to_owned()))
        };
        let parts: BTreeMap<String, String> = parts()?.into_iter().map(part).collect::<Result<_>>()?;
        write("parts.json", &serde_json::to_string(&parts)?)
    })
}

/// The names of all parts.
pub fn parts() -> Result<Vec<String>> {
    let folder = paths::at("www/gate/src/parts");
    let mut names = Vec::new();
    for file in std::fs::read_dir(&folder).context("there are no parts of the gate")? {
        let file = file?.path();
        let name = file.file_stem().filter(|_| file.extension().is_some_and(|ending| ending == "ts"));
        names.extend(name.map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

fn bundle(entry: &str, format: &str) -> Result<String> {
    let out = paths::scratch().join("gate").join(format!("{entry}.js"));
    let mut esbuild = Command::new(tools::esbuild()?);
    esbuild.current_dir(paths::root()).arg(Path::new("www/gate/src").join(format!("{entry}.ts")));
    esbuild.args([
        "--bundle",
        "--minify",
        "--target=es2020",
        "--charset=utf8",
        &format!("--format={format}"),
    ]);
    esbuild
        .args(["--log-level=warning", "--legal-comments=none"])
        .arg(format!("--outfile={}", out.display()));
    capture(&mut esbuild)?;
    let text = std::fs::read_to_string(&out).with_context(|| format!("cannot read the bundled {entry}"))?;
    Ok(text.trim_end().to_owned())
}

/// What is in the function that a bundle calls: the service's own function is around it, one more is bytes without a use.
fn body(bundle: &str) -> Result<&str> {
    let inside = bundle.strip_prefix("(()=>{").and_then(|rest| rest.strip_suffix("})();"));
    inside.context("a bundle is no longer one called function: see what esbuild writes now, and mend `body`")
}

/// Checks the gate's types, and writes those that sites use, `www/gate/consentry.d.ts`, from those it is compiled with; or only
/// compares them.
pub fn types(check_only: bool) -> Result<()> {
    let out = paths::scratch().join("types");
    let mut tsc = command("node");
    tsc.arg("node_modules/typescript/bin/tsc").args(["--project", "www/gate", "--noEmit", "false"]);
    tsc.args(["--declaration", "--emitDeclarationOnly", "--outDir"]).arg(&out);
    capture(&mut tsc)?;
    let made = WalkDir::new(&out).into_iter().flatten().find(|file| file.file_name() == "site.d.ts");
    let made = made.context("tsc wrote no site.d.ts")?;
    let text = std::fs::read_to_string(made.path())?;
    mirror::keep("www/gate/consentry.d.ts", &text, check_only, "types")
}
