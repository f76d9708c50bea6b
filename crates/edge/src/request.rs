//! From the runtime's request to the service's, with as few calls across the border as there can be: each costs more than
//! most of what is done on this side.

use consentry_core::{Jurisdiction, UnixMillis};
use consentry_service::{Edge, Method, Request};
use futures_util::StreamExt;
use js_sys::{Array, JSON, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use worker::worker_sys::ext::RequestExt;
use worker::worker_sys::web_sys;
use worker::{Cf, Result};

use crate::config;

#[wasm_bindgen]
extern "C" {
    /// The Web Crypto generator of the runtime.
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn fill_random(bytes: &mut [u8]);
}

/// A request's address and headers.
#[derive(Clone)]
pub struct Head {
    /// As the runtime parsed and serialized it.
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
}

/// A request whose body has not been read.
pub struct Incoming {
    raw: web_sys::Request,
    method: Method,
    head: Head,
}

impl Incoming {
    /// Reads everything but the body.
    pub fn new(raw: web_sys::Request) -> Result<Self> {
        // All headers as one string: one crossing instead of three for each.
        let headers = JSON::stringify(&Array::from(&raw.headers()))?;
        let headers = serde_json::from_str(&String::from(headers))?;
        Ok(Self { method: Method::parse(&raw.method()), head: Head { url: raw.url(), headers }, raw })
    }

    /// The runtime's own request.
    pub const fn raw(&self) -> &web_sys::Request {
        &self.raw
    }

    /// True if it came through Cloudflare's network.
    pub fn on_the_network(&self) -> bool {
        self.header("cf-ray").is_some()
    }

    /// The path, still percent-encoded.
    pub fn path(&self) -> &str {
        self.head.path()
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.header(name)
    }

    /// The request as the service takes it, with its body up to `largest` bytes.
    pub async fn read(&self, largest: usize) -> Result<Request> {
        let writes = matches!(self.method, Method::Post | Method::Put | Method::Delete);
        let body = if writes { self.body(largest).await? } else { Some(Vec::new()) };
        let place = self.raw.cf().map(Cf::from).map(|cf| (cf.country(), cf.region_code()));
        let (country, region) = place.unwrap_or_default();
        let edge = Edge {
            jurisdiction: jurisdiction(country.as_deref(), region.as_deref()),
            ..new_edge(&self.head)
        };
        Ok(self.head.clone().into_request(self.method, body, edge))
    }

    /// The body, or `None` when it is longer than `largest`: by its own word first, by counting where it says nothing.
    async fn body(&self, largest: usize) -> Result<Option<Vec<u8>>> {
        // The runtime gives exactly as many bytes as were declared.
        if let Some(length) = self.header("content-length").and_then(|text| text.parse::<usize>().ok()) {
            if length > largest {
                return Ok(None);
            }
            let buffer = JsFuture::from(self.raw.array_buffer()?).await?;
            return Ok(Some(Uint8Array::new(&buffer).to_vec()));
        }
        // A request without a body has no stream.
        let mut request = worker::Request::from(self.raw.clone()?);
        let Ok(mut stream) = request.stream() else { return Ok(Some(Vec::new())) };
        let mut all = Vec::new();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk?;
            if all.len() + chunk.len() > largest {
                return Ok(None);
            }
            all.extend(chunk);
        }
        Ok(Some(all))
    }
}

impl Head {
    /// The path, still percent-encoded.
    pub fn path(&self) -> &str {
        self.parts().1
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Origin, path and query. The runtime has parsed and serialized the address already, so it has exactly this form.
    fn parts(&self) -> (&str, &str, &str) {
        let url = self.url.split('#').next().unwrap_or_default();
        let (url, query) = url.split_once('?').unwrap_or((url, ""));
        let host = url.find("://").map_or(0, |at| at + 3);
        let path = url.get(host..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| host + at);
        let (origin, path) = url.split_at_checked(path).unwrap_or((url, "/"));
        (origin, if path.is_empty() { "/" } else { path }, query)
    }

    /// The request as the service takes it.
    pub fn into_request(self, method: Method, body: Option<Vec<u8>>, edge: Edge) -> Request {
        let (origin, path, query) = self.parts();
        let (origin, path, query) = (origin.into(), path.into(), query.into());
        Request { method, origin, path, query, headers: self.headers, body, edge }
    }
}

/// What the runtime adds to a request, but for the place.
pub fn new_edge(head: &Head) -> Edge {
    // Pages need it too: their nonce comes from it.
    let mut entropy = [0; 64];
    fill_random(&mut entropy);
    Edge {
        now: UnixMillis(js_sys::Date::now() as u64),
        jurisdiction: Jurisdiction::UNKNOWN,
        client: head.header("cf-connecting-ip").map(network),
        entropy,
    }
}

/// Where the runtime says that the visitor is, else where the operator says that everybody is.
pub fn jurisdiction(country: Option<&str>, region: Option<&str>) -> Jurisdiction {
    Some(Jurisdiction::new(country, region))
        .filter(|place| *place != Jurisdiction::UNKNOWN)
        .unwrap_or_else(config::jurisdiction)
}

/// The client's network: the first 24 bits of an IPv4 address, the first 48 of an IPv6 one. The rest is dropped here and
/// exists nowhere else.
fn network(address: &str) -> String {
    let (separator, parts) = if address.contains(':') { (":", 3) } else { (".", 3) };
    address.split(separator).take(parts).collect::<Vec<_>>().join(separator)
}
