//! Requests and responses as plain values: what the runtime's glue translates to and from.

use std::pin::Pin;

use consentry_core::{Jurisdiction, UnixMillis};
use futures_util::Stream;

/// The methods this service knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Read the headers only.
    Head,
    /// Add.
    Post,
    /// Replace.
    Put,
    /// Remove.
    Delete,
    /// Ask what is allowed (CORS preflight).
    Options,
    /// Anything else; answered with 405.
    Other,
}

impl Method {
    /// From the request line's word.
    pub fn parse(word: &str) -> Self {
        match word {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "DELETE" => Self::Delete,
            "OPTIONS" => Self::Options,
            _ => Self::Other,
        }
    }
}

/// What only the runtime knows about a request. Nothing in it can be set by a client's header.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Now.
    pub now: UnixMillis,
    /// Where the request comes from.
    pub jurisdiction: Jurisdiction,
    /// The client's network, truncated (/24 or /48): for rate limits, in memory only. `None` when the runtime does not say.
    pub client: Option<String>,
    /// Fresh bytes from a cryptographic generator; each request has its own.
    pub entropy: [u8; 64],
}

/// A request that has been read to its end.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Scheme, host and port it was sent to: `https://www.example.com`.
    pub origin: String,
    /// The path, still percent-encoded.
    pub path: String,
    /// The query without its `?`, still percent-encoded.
    pub query: String,
    /// Headers, names in lower case; repeated ones joined by `, ` as Fetch does.
    pub headers: Vec<(String, String)>,
    /// The body; `None` when it was longer than [`crate::router::Route::largest_body`] and reading stopped.
    pub body: Option<Vec<u8>>,
    /// What the runtime adds.
    pub edge: Edge,
}

impl Request {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The first query parameter of this name, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        parameter(&self.query, name)
    }

    /// The value of a cookie. Where a name comes twice, the first one counts, as browsers send the more specific path first.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.header("cookie")?
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }
}

/// The first parameter of this name in a query, decoded.
pub fn parameter(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Pieces of a body that is still being made. An error ends the connection, so that nobody takes a part for the whole.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Vec<u8>, String>>>>;

/// A response's body.
pub enum Body {
    /// All of it.
    Bytes(Vec<u8>),
    /// Bytes that are Brotli-compressed already.
    Brotli(&'static [u8]),
    /// Bytes as they were built in.
    Static(&'static [u8]),
    /// Piece by piece.
    Stream(ByteStream),
    /// The static assets answer this request, not we.
    Assets,
}

/// A response.
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Headers, in order; `set-cookie` may come more than once.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Body,
}

impl Response {
    /// A response with a body in memory.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type", content_type.into())], body: Body::Bytes(body.into()) }
    }

    /// A response without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Body::Bytes(Vec::new()) }
    }

    /// The same with one header more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}
