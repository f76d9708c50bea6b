//! From the service's response to the runtime's.

use consentry_service::{Body, Response};
use futures_util::StreamExt;
use js_sys::{JSON, Uint8Array};
use serde::Serialize;
use wasm_bindgen::JsCast;
use worker::worker_sys::web_sys;
use worker::{Error, Headers, ResponseBuilder, Result};

use crate::request::Incoming;

/// Below this many bytes compressing saves less than its header costs.
const WORTH_COMPRESSING: usize = 1_024;

/// Status and headers as the runtime's constructor takes them, in one piece.
#[derive(Serialize)]
struct Init<'a> {
    status: u16,
    headers: &'a [(&'static str, String)],
    #[serde(rename = "encodeBody")]
    encode_body: &'static str,
}

/// Writes a response.
pub fn write(mut response: Response, request: &Incoming) -> Result<web_sys::Response> {
    let (bytes, encoded) = match response.body {
        // 204 and 304 must not have a body, not even an empty one.
        _ if matches!(response.status, 204 | 304) => (None, false),
        Body::Bytes(bytes) => {
            if bytes.len() >= WORTH_COMPRESSING && response.status == 200 {
                compress(&mut response.headers, request);
            }
            (Some(Uint8Array::from(bytes.as_slice())), false)
        }
        Body::Static(bytes) => (Some(Uint8Array::from(bytes)), false),
        Body::Brotli(bytes) => {
            response.headers.push(("content-encoding", "br".into()));
            (Some(Uint8Array::from(bytes)), true)
        }
        Body::Stream(stream) => {
            let headers = Headers::new();
            for (name, value) in &response.headers {
                headers.append(name, value)?;
            }
            let stream = stream.map(|chunk| chunk.map_err(Error::RustError));
            let builder = ResponseBuilder::new().with_status(response.status).with_headers(headers);
            return Ok(builder.from_stream(stream)?.into());
        }
        Body::Assets => return Ok(ResponseBuilder::new().with_status(500).empty().into()),
    };
    let init = Init {
        status: response.status,
        headers: &response.headers,
        encode_body: if encoded { "manual" } else { "automatic" },
    };
    let init: web_sys::ResponseInit = JSON::parse(&serde_json::to_string(&init)?)?.unchecked_into();
    Ok(web_sys::Response::new_with_opt_js_u8_array_and_init(bytes.as_ref(), &init)?)
}

/// Has the runtime compress the body. Cloudflare's network does so by itself; plain workerd only when told. Receipts are
/// not worth it: they are hashes.
fn compress(headers: &mut Vec<(&'static str, String)>, request: &Incoming) {
    let accepted = request.header("accept-encoding").unwrap_or_default();
    let offered = |coding: &str| accepted.split(',').any(|part| part.trim() == coding);
    let coding = if offered("br") { "br" } else { "gzip" };
    if !request.on_the_network() && (offered("br") || offered("gzip")) {
        headers.push(("content-encoding", coding.into()));
        headers.push(("vary", "Accept-Encoding".into()));
    }
}
