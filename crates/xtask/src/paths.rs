//! Where things are: the sources, and everything that is built under `target/`.

use std::path::PathBuf;

pub use consentry_e2e::workerd::root;

/// A path below the root.
pub fn at(path: &str) -> PathBuf {
    root().join(path)
}

/// What the service serves: `gate.js`, `banner.js`, `banner_bg.wasm`, compressed siblings and `manifest.json`.
pub fn artefacts() -> PathBuf {
    at("target/artefacts")
}

/// The Worker: `worker.js` and `index_bg.wasm`, nothing else, because wrangler uploads every module it finds here.
pub fn edge() -> PathBuf {
    at("target/edge")
}

/// The demo site as it is served.
pub fn site() -> PathBuf {
    at("target/site")
}

/// Intermediate results, stamps and logs of this tool.
pub fn scratch() -> PathBuf {
    at("target/xtask")
}
