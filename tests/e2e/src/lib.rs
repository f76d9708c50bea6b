//! What the browser tests and the demo have in common: the Worker on plain workerd, and the vendors a marketing site
//! would load.

#[cfg(feature = "vendor")]
pub mod vendor;
pub mod workerd;
