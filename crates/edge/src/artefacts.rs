//! The gate and the banner as `cargo xtask build` made them.

use consentry_service::Artefacts;
use consentry_service::service::Artefact;

/// What this Worker serves besides its answers.
pub const ARTEFACTS: Artefacts = Artefacts {
    gate: include_str!(concat!(env!("OUT_DIR"), "/gate.js")),
    parts: include_str!(concat!(env!("OUT_DIR"), "/parts.json")),
    later: Artefact {
        plain: include_bytes!(concat!(env!("OUT_DIR"), "/later.js")),
        brotli: include_bytes!(concat!(env!("OUT_DIR"), "/later.js.br")),
    },
    banner_js: Artefact {
        plain: include_bytes!(concat!(env!("OUT_DIR"), "/banner.js")),
        brotli: include_bytes!(concat!(env!("OUT_DIR"), "/banner.js.br")),
    },
    banner_wasm: Artefact {
        plain: include_bytes!(concat!(env!("OUT_DIR"), "/banner_bg.wasm")),
        brotli: include_bytes!(concat!(env!("OUT_DIR"), "/banner_bg.wasm.br")),
    },
    hash: env!("CONSENTRY_FILES_HASH"),
};
