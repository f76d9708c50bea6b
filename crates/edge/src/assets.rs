//! The website behind the prefix, from the assets binding.
//!
//! On Cloudflare that binding knows index pages and media types. Under plain workerd it is a disk service that knows
//! neither, so both are added here; where they are there already, nothing changes.

use worker::worker_sys::web_sys;
use worker::{Env, Method, Request, Response, Result};

use crate::bindings;

/// Media types by file name extension.
const TYPES: &[(&str, &str)] = &[
    ("html", "text/html; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("webp", "image/webp"),
    ("ico", "image/x-icon"),
    ("woff2", "font/woff2"),
    ("txt", "text/plain; charset=utf-8"),
    ("xml", "application/xml"),
    ("wasm", "application/wasm"),
];

/// Answers with a file of the website.
pub async fn serve(request: &web_sys::Request, env: &Env) -> Result<Response> {
    let request = Request::from(request.clone()?);
    if !matches!(request.method(), Method::Get | Method::Head) {
        return Response::error("This page can only be read", 405);
    }
    let assets = env.service(bindings::ASSETS)?;
    let mut url = request.url()?;
    let folder = url.path().ends_with('/');
    let mut response = assets.fetch_request(request.clone()?).await?;
    let type_of =
        |response: &Response| response.headers().get("content-type").ok().flatten().unwrap_or_default();
    if folder && !type_of(&response).starts_with("text/html") {
        let index = format!("{}index.html", url.path());
        url.set_path(&index);
        response = assets.fetch(url.as_str(), None).await?;
    }
    let known = type_of(&response);
    if response.status_code() == 200 && (known.is_empty() || known == "application/octet-stream") {
        let extension = url.path().rsplit('.').next().unwrap_or_default();
        if let Some((_, media_type)) = TYPES.iter().find(|(known, _)| *known == extension) {
            let headers = response.headers().clone();
            headers.set("content-type", media_type)?;
            headers.set("cache-control", "no-cache")?;
            return Ok(response.with_headers(headers));
        }
    }
    Ok(response)
}
