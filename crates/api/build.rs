//! Lists the built-in texts: every file in `texts/` is a language, so that adding one is adding a file.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=texts");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("texts");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            files.push(path);
        }
    }
    files.sort();
    let mut list = String::from("&[\n");
    for file in files {
        let tag = file.file_stem().unwrap_or_default().to_string_lossy();
        // Writing into a string cannot fail.
        let _ = writeln!(list, "({tag:?}, include_str!({:?})),", file.display().to_string());
    }
    list.push(']');
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join("built_in.rs");
    std::fs::write(out, list)
}
