//! Whole journeys: real browsers, the real Worker on workerd, vendors that count, an auditor's export at the end.
//!
//! They need what `cargo xtask build` makes and the browsers that `cargo xtask test` installs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod accessible;
mod adapters;
mod api;
mod audit;
mod automatic;
mod boxed;
mod centre;
mod choice;
mod clean_page;
mod embeds;
mod erasure;
mod gallery;
mod gpp;
mod hardship;
mod hostile;
mod hydration;
mod install;
mod kinds;
mod languages;
mod layer;
mod log;
mod nonce;
mod numbers;
mod outage;
mod own_worker;
mod places;
mod readable;
mod records;
mod refusal;
mod returning;
mod scenarios;
mod services;
mod signals;
mod strict;
mod subdomains;
mod support;
mod tree;
mod visitor_tools;
mod withdrawal;
mod wrangler;
