//! The rules of the house that no compiler checks.

mod edges;
mod licences;
mod sources;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::paths;
use crate::shell::{capture, cargo};

/// Checks everything and reports every breach, not only the first.
pub fn tidy() -> Result<()> {
    let metadata = metadata()?;
    let mut breaches = edges::check(&metadata);
    breaches.extend(licences::check(&metadata));
    breaches.extend(sources::check(&paths::root()));
    breaches.extend(map(&metadata));
    if breaches.is_empty() {
        return Ok(());
    }
    bail!("{} breaches of the house rules:\n  {}", breaches.len(), breaches.join("\n  "))
}

/// What `cargo metadata` says, as far as we ask.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `dev` or `build`; an ordinary dependency has none.
    kind: Option<String>,
}

impl Metadata {
    fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }
}

fn metadata() -> Result<Metadata> {
    let text = capture(cargo().args(["metadata", "--format-version", "1"]))?;
    serde_json::from_str(&text).context("cannot read what `cargo metadata` printed")
}

/// The map names every crate, and only crates that exist.
fn map(metadata: &Metadata) -> Vec<String> {
    let text = match std::fs::read_to_string(paths::at("ARCHITECTURE.md")) {
        Ok(text) => text,
        Err(error) => return vec![format!("ARCHITECTURE.md: {error}")],
    };
    let mut breaches = Vec::new();
    for package in metadata.members() {
        if !text.contains(&package.name) {
            breaches.push(format!("ARCHITECTURE.md does not mention {}", package.name));
        }
    }
    for name in crate_names(&text) {
        if !metadata.members().any(|package| package.name == name) {
            breaches.push(format!("ARCHITECTURE.md mentions {name}, which does not exist"));
        }
    }
    breaches
}

/// Every word of the form `consentry-NAME`.
fn crate_names(text: &str) -> impl Iterator<Item = &str> {
    let in_name = |character: char| character.is_ascii_lowercase() || matches!(character, '-' | '2');
    text.split(move |character| !in_name(character)).filter(|word| word.starts_with("consentry-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crate_names_are_found_in_prose_and_tables() {
        let found: Vec<_> =
            crate_names("| `consentry-core` | see consentry-e2e, `__Host-consentry` |").collect();
        assert_eq!(found, ["consentry-core", "consentry-e2e"]);
    }
}
