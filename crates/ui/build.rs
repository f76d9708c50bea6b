//! Puts the style sheets where the crate includes them from: minified when `CONSENTRY_ESBUILD` names an esbuild binary,
//! as they are otherwise (tests need no Node).
//!
//! In all of them `#consentry` becomes `#consentry#consentry`: a site whose body has an id (`#home a { … }`) would win over
//! a single one. Written out in the sources it would be in everybody's way.

use std::path::{Path, PathBuf};
use std::process::Command;

const SHEETS: [&str; 9] = [
    "first-layer.css",
    "position-bar.css",
    "position-card.css",
    "position-centre.css",
    "dialog.css",
    "centre.css",
    "declaration.css",
    "embed.css",
    "opt-out-icon.css",
];

fn main() {
    println!("cargo::rerun-if-env-changed=CONSENTRY_ESBUILD");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    let esbuild = std::env::var_os("CONSENTRY_ESBUILD").filter(|path| !path.is_empty());
    for name in SHEETS {
        let source = Path::new("styles").join(name);
        println!("cargo::rerun-if-changed={}", source.display());
        let css = match &esbuild {
            Some(esbuild) => Command::new(esbuild)
                .arg(&source)
                .args([
                    "--minify",
                    "--legal-comments=none",
                    "--log-level=warning",
                    "--target=chrome105,firefox121,safari15.4",
                ])
                .output()
                .ok()
                .filter(|output| output.status.success())
                .and_then(|output| String::from_utf8(output.stdout).ok()),
            None => std::fs::read_to_string(&source).ok(),
        };
        let done = css.is_some_and(|css| {
            // Single quotes: the sheets travel in JSON, where double ones take a backslash each.
            let css = css.replace("#consentry", "#consentry#consentry").replace('"', "'");
            std::fs::write(out.join(name), css).is_ok()
        });
        assert!(done, "cannot prepare {}", source.display());
    }
}
