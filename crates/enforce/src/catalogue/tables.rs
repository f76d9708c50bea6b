//! The tables that the build script makes of `services/*.toml`.

use super::{Category, Holding, Retention, Service, Storage, Stored};

/// A host that services load from.
pub(super) struct Host {
    /// Its name, without the `*.` of a pattern.
    pub(super) name: &'static str,
    /// Path prefixes on the host itself, the most specific first.
    pub(super) exact: &'static [(&'static str, &'static Service)],
    /// Path prefixes on its subdomains, likewise.
    pub(super) below: &'static [(&'static str, &'static Service)],
}

include!(concat!(env!("OUT_DIR"), "/tables.rs"));
