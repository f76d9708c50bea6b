//! Compiles `services/*.toml` into the tables that `src/catalogue/tables.rs` includes, or says what is wrong with them.

#[path = "build/check.rs"]
mod check;
#[path = "build/read.rs"]
mod read;
#[path = "build/write.rs"]
mod write;

use std::path::{Path, PathBuf};
use std::{env, fs};

const SERVICES: &str = "services";

fn main() {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed={SERVICES}");
    let (services, mut problems) = read::read_services(Path::new(SERVICES));
    problems.extend(check::check(&services));
    for problem in &problems {
        // Cargo takes one line for each.
        println!("cargo::error=crates/enforce/{}", problem.to_string().replace('\n', " "));
    }
    if !problems.is_empty() {
        return;
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("tables.rs");
    if let Err(error) = fs::write(&out, write::tables(&services)) {
        println!("cargo::error=cannot write {}: {error}", out.display());
    }
}
