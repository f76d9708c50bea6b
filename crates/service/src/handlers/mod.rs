//! One file per family of routes. Every handler returns a response, or the refusal to send instead.

mod batches;
mod centre;
mod choice;
mod cookies;
mod erasure;
mod export;
mod filters;
mod gate;
mod later;
mod links;
mod log;
mod openapi;
mod operator;
mod own;
mod preferences;
mod proof;
mod receipts;
mod records;
mod shown;
mod snapshot;
mod stats;
mod tokens;
mod visitor;

pub use batches::batches;
pub use centre::{centre, declaration};
pub use choice::choice;
pub use erasure::{erasures, retention};
pub use gate::{banner, gate};
pub use later::later;
pub use links::links;
pub use log::log;
pub use openapi::openapi;
pub use operator::policy;
pub use own::{visitor_erasure, visitor_records};
pub use preferences::preferences;
pub use proof::proof;
pub use receipts::record;
pub use records::records;
pub use shown::shown;
pub use snapshot::snapshot;
pub use stats::stats;
pub use tokens::{token, token_uses, tokens};
pub use visitor::{gpc, notice};

use crate::http::Response;

/// A response, or the refusal to send instead of it.
pub type Answer = Result<Response, Response>;
