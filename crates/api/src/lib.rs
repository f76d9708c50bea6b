//! Every shape that crosses a border, spelled once: the HTTP API's JSON, the policy file, the gate's payload.
//!
//! In scope: names of fields, their meaning, and the conversion to and from the core's types.
//! Out of scope: HTTP itself (`consentry-service`), rules (`consentry-core`), bytes that are hashed (`consentry-log`).
//!
//! The feature `server` (default) adds what the browser never needs; the banner builds without it.

#![forbid(unsafe_code)]

pub mod changes;
pub mod gate;
pub mod light;
pub mod notice;
pub mod record;

#[cfg(feature = "server")]
pub mod csv;
#[cfg(feature = "server")]
pub mod csv_read;
#[cfg(feature = "server")]
pub mod digest;
#[cfg(feature = "server")]
pub mod erasure;
#[cfg(feature = "server")]
pub mod export;
#[cfg(feature = "server")]
pub mod gpc;
#[cfg(feature = "server")]
pub mod later;
#[cfg(feature = "server")]
pub mod object;
#[cfg(feature = "server")]
pub mod openapi;
#[cfg(feature = "server")]
pub mod pairs;
#[cfg(feature = "server")]
pub mod policy;
#[cfg(feature = "server")]
pub mod problem;
#[cfg(feature = "server")]
pub mod receipts;
#[cfg(feature = "server")]
pub mod shown;
#[cfg(feature = "server")]
pub mod snapshot;
#[cfg(feature = "server")]
pub mod stats;
#[cfg(feature = "server")]
pub mod texts;
#[cfg(feature = "server")]
pub mod time;
#[cfg(feature = "server")]
pub mod token;
#[cfg(feature = "server")]
pub mod wire;

pub use gate::GatePayload;
pub use notice::Notice;
pub use record::{Receipt, RecordSubmission};
