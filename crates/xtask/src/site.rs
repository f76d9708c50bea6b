//! The demo marketing site as it is served: the pages, the analytics library they use, and the right vendor port.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use walkdir::WalkDir;

use crate::paths;
use crate::shell::write_if_changed;

/// The vendor server's port as the sources of the site spell it.
pub const VENDOR_PORT: u16 = 8788;

/// Third-party files the pages load from their own origin: where npm put them, and their name on the site.
const LIBRARIES: [(&str, &str); 1] =
    [("node_modules/mixpanel-browser/dist/mixpanel.min.js", "vendor/mixpanel.min.js")];

/// Makes `target/site` equal to `www/site`, plus the libraries; files that are gone from the source go there too.
pub fn build(vendor_port: u16) -> Result<()> {
    let (from, to) = (paths::at("www/site"), paths::site());
    let mut kept: BTreeSet<PathBuf> = BTreeSet::new();
    for file in files(&from) {
        let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let target = to.join(file.strip_prefix(&from)?);
        write_if_changed(&target, &with_vendor_port(&file, bytes, vendor_port))?;
        kept.insert(target);
    }
    for (source, name) in LIBRARIES {
        let bytes = std::fs::read(paths::at(source)).with_context(|| format!("cannot read {source}"))?;
        write_if_changed(&to.join(name), &bytes)?;
        kept.insert(to.join(name));
    }
    for stale in files(&to).filter(|file| !kept.contains(file)) {
        std::fs::remove_file(&stale).with_context(|| format!("cannot remove {}", stale.display()))?;
    }
    Ok(())
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.into_path())
}

/// Replaces the vendor origin in text files; anything else passes unread.
fn with_vendor_port(file: &Path, bytes: Vec<u8>, port: u16) -> Vec<u8> {
    let is_text = file
        .extension()
        .is_some_and(|ending| ["html", "css", "js", "toml"].iter().any(|text| ending == *text));
    if port == VENDOR_PORT || !is_text {
        return bytes;
    }
    match String::from_utf8(bytes) {
        Ok(text) => {
            text.replace(&format!("127.0.0.1:{VENDOR_PORT}"), &format!("127.0.0.1:{port}")).into_bytes()
        }
        Err(error) => error.into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendor_port_of_a_page_is_rewritten_and_of_an_image_is_not() {
        let page = b"<img src=http://127.0.0.1:8788/p.gif>".to_vec();
        let moved = with_vendor_port(Path::new("a/index.html"), page.clone(), 9001);
        assert_eq!(moved, b"<img src=http://127.0.0.1:9001/p.gif>");
        assert_eq!(with_vendor_port(Path::new("a/logo.png"), page.clone(), 9001), page);
        assert_eq!(with_vendor_port(Path::new("a/index.html"), page.clone(), VENDOR_PORT), page);
    }
}
