//! From the runtime's request to the service's.

use consentry_core::{Jurisdiction, UnixMillis};
use consentry_service::{Edge, Method, Request};
use futures_util::StreamExt;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::{Env, Result};

use crate::config;

#[wasm_bindgen]
extern "C" {
    /// The Web Crypto generator of the runtime.
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn fill_random(bytes: &mut [u8]);
}

/// Reads a request, its body up to `largest` bytes.
pub async fn read(request: &mut worker::Request, env: &Env, largest: usize) -> Result<Request> {
    let url = request.url()?;
    let headers = request.headers().entries().collect::<Vec<_>>();
    let method = Method::parse(request.inner().method().as_str());
    let body = match method {
        Method::Post | Method::Put | Method::Delete => body(request, largest).await?,
        _ => Some(Vec::new()),
    };
    let mut entropy = [0; 64];
    fill_random(&mut entropy);
    let place =
        request.cf().map(|cf| Jurisdiction::new(cf.country().as_deref(), cf.region_code().as_deref()));
    let edge = Edge {
        now: UnixMillis(js_sys::Date::now() as u64),
        jurisdiction: place
            .filter(|place| *place != Jurisdiction::UNKNOWN)
            .unwrap_or_else(|| config::jurisdiction(env)),
        client: request.headers().get("cf-connecting-ip")?.map(|address| network(&address)),
        entropy,
    };
    Ok(Request {
        method,
        origin: url.origin().ascii_serialization(),
        path: url.path().into(),
        query: url.query().unwrap_or_default().into(),
        headers,
        body,
        edge,
    })
}

/// The body, or `None` when it is longer than `largest`: by its own word first, by counting after that.
async fn body(request: &mut worker::Request, largest: usize) -> Result<Option<Vec<u8>>> {
    let declared = request.headers().get("content-length")?.and_then(|text| text.parse::<usize>().ok());
    if declared.is_some_and(|length| length > largest) {
        return Ok(None);
    }
    // A request without a body has no stream.
    let Ok(mut stream) = request.stream() else { return Ok(Some(Vec::new())) };
    let mut all = Vec::with_capacity(declared.unwrap_or_default());
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        if all.len() + chunk.len() > largest {
            return Ok(None);
        }
        all.extend(chunk);
    }
    Ok(Some(all))
}

/// The client's network: the first 24 bits of an IPv4 address, the first 48 of an IPv6 one. The rest is dropped here and
/// exists nowhere else.
fn network(address: &str) -> String {
    let (separator, parts) = if address.contains(':') { (":", 3) } else { (".", 3) };
    address.split(separator).take(parts).collect::<Vec<_>>().join(separator)
}
