//! From the service's response to the runtime's.

use consentry_service::{Body, Response};
use futures_util::StreamExt;
use worker::{EncodeBody, Error, Headers, Request, ResponseBuilder, Result};

/// Below this many bytes compressing saves less than its header costs.
const WORTH_COMPRESSING: usize = 1_024;

/// Writes a response.
pub fn write(response: Response, request: &Request) -> Result<worker::Response> {
    let headers = Headers::new();
    for (name, value) in &response.headers {
        headers.append(name, value)?;
    }
    let builder = ResponseBuilder::new().with_status(response.status);
    // 204 and 304 must not have a body, not even an empty one.
    if matches!(response.status, 204 | 304) {
        return Ok(builder.with_headers(headers).empty());
    }
    Ok(match response.body {
        Body::Bytes(bytes) => {
            if bytes.len() >= WORTH_COMPRESSING {
                compress(&headers, request)?;
            }
            builder.with_headers(headers).fixed(bytes)
        }
        Body::Static(bytes) => builder.with_headers(headers).fixed(bytes.to_vec()),
        Body::Brotli(bytes) => {
            headers.set("content-encoding", "br")?;
            builder.with_headers(headers).with_encode_body(EncodeBody::Manual).fixed(bytes.to_vec())
        }
        Body::Stream(stream) => {
            builder.with_headers(headers).from_stream(stream.map(|chunk| chunk.map_err(Error::RustError)))?
        }
        Body::Assets => builder.with_status(500).empty(),
    })
}

/// Has the runtime compress the body. Cloudflare's network does so by itself; plain workerd only when told.
fn compress(headers: &Headers, request: &Request) -> Result<()> {
    let on_the_network = request.cf().is_some_and(|cf| cf.country().is_some());
    let accepted = request.headers().get("accept-encoding")?.unwrap_or_default();
    let offered = |coding: &str| accepted.split(',').any(|part| part.trim() == coding);
    let coding = if offered("br") { "br" } else { "gzip" };
    if !on_the_network && (offered("br") || offered("gzip")) {
        headers.set("content-encoding", coding)?;
        headers.append("vary", "Accept-Encoding")?;
    }
    Ok(())
}
