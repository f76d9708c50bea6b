//! `GET v1/openapi.json`: the description of this API.

use std::sync::OnceLock;

use consentry_api::digest::sha256_hex;
use consentry_api::openapi::DOCUMENT;

use super::Answer;
use crate::answer::{is_fresh, not_allowed};
use crate::http::{Method, Request, Response};

/// The document as it was built in; the same for everybody, from any page.
pub fn openapi(request: &Request) -> Answer {
    static ETAG: OnceLock<String> = OnceLock::new();
    if !matches!(request.method, Method::Get | Method::Head) {
        return Err(not_allowed("GET, HEAD"));
    }
    let etag =
        ETAG.get_or_init(|| format!("\"{}\"", sha256_hex(DOCUMENT.as_bytes()).get(..32).unwrap_or_default()));
    let response = if is_fresh(request, etag) {
        Response::empty(304)
    } else {
        Response::new(200, "application/json", DOCUMENT)
    };
    Ok(response
        .with("etag", etag.clone())
        .with("cache-control", "public, max-age=3600")
        .with("access-control-allow-origin", "*"))
}
