//! Lists the built-in texts: every file in `texts/` and in `purposes/` is a language, so that adding one is adding two files.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    list("texts", "built_in.rs")?;
    list("purposes", "purposes.rs")
}

fn list(folder: &str, file: &str) -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={folder}");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            files.push(path);
        }
    }
    files.sort();
    let mut text = String::from("&[\n");
    for path in files {
        let tag = path.file_stem().unwrap_or_default().to_string_lossy();
        // Writing into a string cannot fail.
        let _ = writeln!(text, "({tag:?}, include_str!({:?})),", path.display().to_string());
    }
    text.push(']');
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join(file);
    std::fs::write(out, text)
}
