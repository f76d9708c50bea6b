//! Puts the built gate and banner into the Worker: one artefact to deploy, and no second hop for the gate.
//!
//! `cargo xtask build` names their folder in `CONSENTRY_ARTEFACTS`. Without it (an editor, a lint run) the Worker is built
//! with empty ones, which is good enough to type-check and useless to run.

use std::fmt::Write;
use std::path::PathBuf;
use std::{env, fs};

use sha2::{Digest, Sha256};

const VARIABLE: &str = "CONSENTRY_ARTEFACTS";

fn main() {
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let folder = env::var_os(VARIABLE).map(PathBuf::from);
    let mut hash = Sha256::new();
    for name in [
        "gate.js",
        "parts.json",
        "later.js",
        "later.js.br",
        "banner.js",
        "banner.js.br",
        "banner_bg.wasm",
        "banner_bg.wasm.br",
    ] {
        let bytes = match &folder {
            Some(folder) => {
                let path = folder.join(name);
                println!("cargo::rerun-if-changed={}", path.display());
                match fs::read(&path) {
                    Ok(bytes) => bytes,
                    Err(error) => {
                        println!(
                            "cargo::error=cannot read {}: {error}; run `cargo xtask build`",
                            path.display()
                        );
                        Vec::new()
                    }
                }
            }
            None => Vec::new(),
        };
        // One name for all of them: said twice in the first response, it takes its room once.
        if name.starts_with("banner") || name.starts_with("later") {
            hash.update(&bytes);
        }
        if let Err(error) = fs::write(out.join(name), bytes) {
            println!("cargo::error=cannot write {name}: {error}");
        }
    }
    println!("cargo::rustc-env=CONSENTRY_FILES_HASH={}", short(hash));
}

/// As much of a hash as tells two builds apart.
fn short(hash: Sha256) -> String {
    hash.finalize().iter().take(4).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
