//! The description of the HTTP API, as OpenAPI: committed, served, and made from the types and their documentation.
//!
//! What is documented here is for people who write programs against the service: paths in these modules, shapes beside the
//! types. A test of the service holds the paths to its router, the methods to its handlers and the problems to its answers.

#[cfg(feature = "openapi")]
mod auditors;
#[cfg(feature = "openapi")]
mod generate;
#[cfg(feature = "openapi")]
mod log;
#[cfg(feature = "openapi")]
mod operator;
#[cfg(feature = "openapi")]
mod visitors;

#[cfg(feature = "openapi")]
pub use generate::generate;

/// Bytes.
#[cfg(feature = "openapi")]
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "only what is said about it is used")]
struct Bytes(Vec<u8>);

/// The committed document. `cargo xtask openapi` writes it.
pub const DOCUMENT: &str = include_str!("../../openapi.json");
