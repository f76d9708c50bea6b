//! Puts the style sheets where the crate includes them from: minified when `CONSENTRY_ESBUILD` names an esbuild binary,
//! as they are otherwise (tests need no Node).

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=CONSENTRY_ESBUILD");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    let esbuild = std::env::var_os("CONSENTRY_ESBUILD").filter(|path| !path.is_empty());
    for name in ["first-layer.css", "dialog.css", "centre.css", "declaration.css"] {
        let source = Path::new("styles").join(name);
        println!("cargo::rerun-if-changed={}", source.display());
        let target = out.join(name);
        let done = match &esbuild {
            Some(esbuild) => Command::new(esbuild)
                .arg(&source)
                .args([
                    "--minify",
                    "--legal-comments=none",
                    "--log-level=warning",
                    "--target=chrome105,firefox121,safari15.4",
                ])
                .arg(format!("--outfile={}", target.display()))
                .status()
                .is_ok_and(|status| status.success()),
            None => std::fs::copy(&source, &target).is_ok(),
        };
        assert!(done, "cannot prepare {}", source.display());
    }
}
