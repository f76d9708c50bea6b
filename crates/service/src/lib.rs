//! The HTTP service: routes, checks, answers, and the object that keeps a site's log.
//!
//! In scope: everything between a request that has been read and a response that can be written, over two storage traits
//! ([`sites::Sites`] to reach a site's object, [`site::Database`] to run its SQL).
//! Out of scope: sockets, the Workers runtime, clocks and randomness: they arrive inside [`http::Request`].
//!
//! Reading order: [`http`] and [`router`] say what comes in, [`service`] sends it to one of the `handlers`, [`site`] is
//! what runs inside the object.

#![forbid(unsafe_code)]

pub mod http;
pub mod live;
pub mod parts;
pub mod router;
pub mod service;
pub mod site;
pub mod sites;

mod access;
mod answer;
mod changes;
mod handlers;
mod html;
mod numbers;

pub use http::{Body, Edge, Method, Request, Response};
pub use service::{Artefacts, Config, Service};
