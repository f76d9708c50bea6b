//! The demo marketing site as it is served: the pages, the analytics library they use, and the right ports.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use walkdir::WalkDir;

use crate::paths;
use crate::shell::write_if_changed;

/// The site's port as the sources spell it, always behind `localhost:`; the vendors' is one more, behind `127.0.0.1:`.
pub const PORT: u16 = 8787;

/// Third-party files the pages load from their own origin: where npm put them, and their name on the site.
const LIBRARIES: [(&str, &str); 1] =
    [("node_modules/mixpanel-browser/dist/mixpanel.min.js", "vendor/mixpanel.min.js")];

/// Makes `target/site` equal to `www/site`, plus the libraries; files that are gone from the source go there too. Another
/// port than the usual gets a folder of its own, so that two of them can be served at once.
pub fn build(port: u16) -> Result<PathBuf> {
    let from = paths::at("www/site");
    let to = if port == PORT { paths::site() } else { paths::at("target").join(format!("site-{port}")) };
    let mut kept: BTreeSet<PathBuf> = BTreeSet::new();
    for file in files(&from) {
        let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let target = to.join(file.strip_prefix(&from)?);
        write_if_changed(&target, &with_ports(bytes, port))?;
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
    Ok(to)
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.into_path())
}

/// Moves the two origins of the demo to another port; anything that is not text passes as it is.
pub fn with_ports(bytes: Vec<u8>, port: u16) -> Vec<u8> {
    if port == PORT {
        return bytes;
    }
    match String::from_utf8(bytes) {
        Ok(text) => text
            .replace(&format!("localhost:{PORT}"), &format!("localhost:{port}"))
            .replace(&format!("127.0.0.1:{}", PORT + 1), &format!("127.0.0.1:{}", port + 1))
            .into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_of_both_origins_move_together() {
        let page =
            b"<script src=http://localhost:8787/_c/demo.js></script><img src=http://127.0.0.1:8788/p.gif>"
                .to_vec();
        let moved = with_ports(page.clone(), 8788);
        let expected =
            b"<script src=http://localhost:8788/_c/demo.js></script><img src=http://127.0.0.1:8789/p.gif>";
        assert_eq!(moved, expected);
        assert_eq!(with_ports(page.clone(), PORT), page);
    }

    #[test]
    fn ports_of_bytes_that_are_no_text_pass_unchanged() {
        let image = vec![0xff, 0xd8, 0xff];
        assert_eq!(with_ports(image.clone(), 9000), image);
    }
}
