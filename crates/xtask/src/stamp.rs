//! Remembering that a result is current: the hash of everything it was made from, kept in a file.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::paths;

/// Lower-case hexadecimal SHA-256.
pub fn sha256(bytes: &[u8]) -> String {
    Inputs::default().bytes(bytes).finish()
}

/// Collects what a result depends on. Every part is framed by its length, so moving a byte between two parts shows.
#[derive(Default)]
pub struct Inputs {
    hash: Sha256,
    framed: bool,
}

impl Inputs {
    /// Several parts, for [`Stamp::new`].
    pub fn framed() -> Self {
        Self { framed: true, ..Self::default() }
    }

    /// Adds bytes: a setting, a command line, a file already read.
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        if self.framed {
            self.hash.update(bytes.len().to_le_bytes());
        }
        self.hash.update(bytes);
        self
    }

    /// Adds a file's contents, or every file below a folder, with their names.
    pub fn path(mut self, path: &Path) -> Result<Self> {
        for entry in WalkDir::new(path).sort_by_file_name() {
            let entry = entry.with_context(|| format!("cannot read {}", path.display()))?;
            if entry.file_type().is_file() {
                let bytes = std::fs::read(entry.path())
                    .with_context(|| format!("cannot read {}", entry.path().display()))?;
                self = self.bytes(entry.path().as_os_str().as_encoded_bytes()).bytes(&bytes);
            }
        }
        Ok(self)
    }

    fn finish(self) -> String {
        self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The memory of one result.
pub struct Stamp {
    file: PathBuf,
    hash: String,
}

impl Stamp {
    /// The stamp called `name` for these inputs.
    pub fn new(name: &str, inputs: Inputs) -> Self {
        Self { file: paths::scratch().join(format!("{name}.stamp")), hash: inputs.finish() }
    }

    /// True when the outputs are there and were made from these very inputs.
    pub fn is_current(&self, outputs: &[PathBuf]) -> bool {
        outputs.iter().all(|output| output.exists())
            && std::fs::read_to_string(&self.file).is_ok_and(|old| old == self.hash)
    }

    /// To be called once the outputs are written.
    pub fn keep(&self) -> Result<()> {
        crate::shell::write_if_changed(&self.file, self.hash.as_bytes()).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_of_abc_is_the_published_value() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(b"abc"), expected);
    }

    #[test]
    fn inputs_with_a_byte_moved_between_parts_differ() {
        let one = Inputs::framed().bytes(b"ab").bytes(b"c").finish();
        let other = Inputs::framed().bytes(b"a").bytes(b"bc").finish();
        assert_ne!(one, other);
    }
}
