//! One server for everybody: every file in memory, compressed by the same Brotli, never cached by the browser for long. What
//! only the Worker can answer is passed on to it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, COOKIE, HeaderMap, ORIGIN, SET_COOKIE,
};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;

use crate::crowd;
use crate::plan::Plan;
use crate::subjects::SUBJECTS;

/// Our tag in the demo page: every subject's takes its place.
const TAG: &str = r#"<script async src="/_c/demo.js"></script>"#;
/// More than any record or form has.
const MAX_BODY: usize = 1 << 16;

/// Something to send, compressed.
#[derive(Clone)]
struct Page {
    kind: String,
    body: Bytes,
}

/// Everything there is.
pub struct Pages {
    files: HashMap<String, Page>,
    /// What the Worker answered, compressed once: a network at the edge would do no more.
    compressed: Mutex<HashMap<Vec<u8>, Bytes>>,
    worker: String,
    agent: ureq::Agent,
}

impl Pages {
    /// Reads and compresses all of it.
    pub fn load(plan: &Plan) -> Result<Self> {
        let mut files = HashMap::new();
        let home = String::from_utf8(read(&plan.site.join("index.html"))?)?;
        if !home.contains(TAG) {
            bail!("the demo page does not have its tag as {TAG}");
        }
        let mut add = |address: String, bytes: &[u8]| -> Result<()> {
            let kind = kind(&address).to_owned();
            files.insert(address, Page { kind, body: brotli(bytes)? });
            Ok(())
        };
        for name in ["site.css", "icon.svg"] {
            add(format!("/{name}"), &read(&plan.site.join(name))?)?;
        }
        for subject in &SUBJECTS {
            add(subject.path(), home.replace(TAG, subject.head).as_bytes())?;
            for (address, path) in subject.files {
                add(format!("/s/{address}"), &read(&plan.peers.join(path))?)?;
            }
        }
        for (address, text) in crowd::files(TAG) {
            add(address.to_owned(), text.as_bytes())?;
        }
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        let (compressed, agent) = (Mutex::default(), config.into());
        Ok(Self { files, compressed, worker: plan.worker.clone(), agent })
    }

    fn answer(&self, path: &str) -> Option<Response<axum::body::Body>> {
        let Page { kind, body } = self.files.get(path)?.clone();
        let headers =
            [(CONTENT_TYPE, kind), (CONTENT_ENCODING, "br".into()), (CACHE_CONTROL, "no-store".into())];
        Some((headers, body).into_response())
    }

    /// Asks the Worker. Its policy names its own origin, so the page says to be from there.
    fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Response<axum::body::Body>> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.worker));
        for name in [ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE] {
            if let Some(value) = headers.get(&name).and_then(|value| value.to_str().ok()) {
                request = request.header(name.as_str(), value);
            }
        }
        if headers.contains_key(ORIGIN) {
            request = request.header("origin", self.worker.as_str());
        }
        let mut answer = self.agent.run(request.body(body)?)?;
        let header =
            |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (kind, cookie) = (header("content-type"), header("set-cookie"));
        let status = StatusCode::from_u16(answer.status().as_u16())?;
        let plain = answer.body_mut().read_to_vec()?;
        let mut response = Response::builder().status(status).header(CACHE_CONTROL, "no-store");
        if let Some(cookie) = cookie {
            response = response.header(SET_COOKIE, cookie);
        }
        if plain.is_empty() {
            return Ok(response.body(axum::body::Body::empty())?);
        }
        let known = self.compressed.lock().unwrap_or_else(PoisonError::into_inner).get(&plain).cloned();
        let body = match known {
            Some(body) => body,
            None => {
                let body = brotli(&plain)?;
                self.compressed.lock().unwrap_or_else(PoisonError::into_inner).insert(plain, body.clone());
                body
            }
        };
        let kind = kind.unwrap_or_else(|| "application/octet-stream".into());
        Ok(response.header(CONTENT_TYPE, kind).header(CONTENT_ENCODING, "br").body(body.into())?)
    }
}

/// Starts it on a port of its own; returns the origin.
pub async fn serve(pages: Arc<Pages>) -> Result<String> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.context("no port to serve at")?;
    let port = listener.local_addr()?.port();
    let router = Router::new().fallback(answer).with_state(pages);
    // Ends with the program.
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://localhost:{port}"))
}

async fn answer(State(pages): State<Arc<Pages>>, request: Request) -> Response<axum::body::Body> {
    if let Some(response) = pages.answer(request.uri().path()) {
        return response;
    }
    if !request.uri().path().starts_with("/_c/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let asked = tokio::task::spawn_blocking(move || {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        pages.ask(parts.method.as_str(), path, &parts.headers, &body)
    });
    match asked.await {
        Ok(Ok(response)) => response,
        _ => StatusCode::BAD_GATEWAY.into_response(),
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn brotli(bytes: &[u8]) -> Result<Bytes> {
    let mut small = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut small, &settings).context("brotli")?;
    Ok(small.into())
}

fn kind(address: &str) -> &'static str {
    match address.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
