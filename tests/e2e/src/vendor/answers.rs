//! Which answer each path gets, and the cookie and CORS headers that come with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_HEADERS, CACHE_CONTROL, CONTENT_TYPE, COOKIE,
    HeaderName, HeaderValue, ORIGIN, REFERER, SET_COOKIE, VARY,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::assets::{self, Kind};
use super::hits::{Hit, Hits};

/// The most that is read of a request body before it is answered anyway; analytics batches are far smaller.
const MAX_BODY: usize = 1 << 20;

/// An address with this in its query is answered once what comes after it was asked for: `/slow.js?until=/other.gif`.
const UNTIL: &str = "until=";

/// How often it is looked for, and how many times before the answer is given anyway.
const LOOK: Duration = Duration::from_millis(20);
const LOOKS: usize = 1500;

/// Every answer comes from here. `/__hits` is for people and tools and is not counted itself.
pub fn router(hits: Arc<Hits>) -> Router {
    let vendor = Arc::new(World { hits, visitors: AtomicU64::new(1) });
    Router::new().route("/__hits", get(list_hits).delete(forget_hits)).fallback(answer).with_state(vendor)
}

struct World {
    hits: Arc<Hits>,
    /// Source of cookie values, so that every visitor who accepts cookies is told apart.
    visitors: AtomicU64,
}

async fn list_hits(State(vendor): State<Arc<World>>) -> Json<Value> {
    Json(vendor.hits.all().iter().map(Hit::to_json).collect())
}

async fn forget_hits(State(vendor): State<Arc<World>>) -> StatusCode {
    vendor.hits.reset();
    StatusCode::NO_CONTENT
}

async fn answer(State(vendor): State<Arc<World>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let hit = Hit::from_parts(&parts);
    // Read what was sent, so that the connection can be used again; what it says is of no interest here.
    let _ = to_bytes(body, MAX_BODY).await;
    let mut response = if is_preflight(&parts) {
        preflight(&parts.headers)
    } else {
        let mut response = body_for(&parts, &hit);
        let visitor = vendor.visitors.fetch_add(1, Ordering::Relaxed);
        set_cookie(response.headers_mut(), cookie_name(parts.uri.path()), visitor);
        response
    };
    vendor.hits.push(hit);
    if let Some((_, awaited)) = parts.uri.query().and_then(|query| query.split_once(UNTIL)) {
        wait_for(&vendor.hits, awaited).await;
    }
    allow_origin(response.headers_mut(), parts.headers.get(ORIGIN));
    // Each page view must reach the server, or counting would tell nothing.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn wait_for(hits: &Hits, awaited: &str) {
    for _ in 0..LOOKS {
        if hits.count_for(awaited) > 0 {
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn body_for(parts: &Parts, hit: &Hit) -> Response {
    let path = parts.uri.path();
    match path {
        _ if path.starts_with("/mixpanel/") => mixpanel(hit),
        "/g/collect" => StatusCode::NO_CONTENT.into_response(),
        "/gtag/js" => assets::GTAG.into_response_as(Kind::Script),
        "/video/embed" => assets::PLAYER.into_response_as(Kind::Page),
        "/frame/lives" => assets::LIVES.into_response_as(Kind::Page),
        "/s/same.js" => assets::SAME.into_response_as(Kind::Script),
        "/s/told.js" => told(&parts.headers).into_response_as(Kind::Script),
        _ => {
            let kind = Kind::wanted(parts.headers.get("sec-fetch-dest"), path);
            assets::anything(kind, &format!("{}{}", hit.host, hit.path)).into_response_as(kind)
        }
    }
}

/// A script that leaves in the page what its own request said of the page.
fn told(headers: &HeaderMap) -> String {
    let said = |name| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let all = json!({ "origin": said(ORIGIN), "referer": said(REFERER), "cookie": said(COOKIE) });
    format!("window.__told = {all};\n")
}

/// The ingestion API answers `1`, or JSON when asked to be verbose.
fn mixpanel(hit: &Hit) -> Response {
    if hit.path.contains("verbose=1") {
        Json(json!({ "status": 1, "error": null })).into_response()
    } else {
        "1".into_response()
    }
}

/// Text or bytes that know how to be sent as a [`Kind`].
trait IntoResponseAs: Into<Body> {
    fn into_response_as(self, kind: Kind) -> Response {
        let content_type = HeaderValue::from_static(kind.content_type());
        ([(CONTENT_TYPE, content_type)], self.into()).into_response()
    }
}

impl<T: Into<Body>> IntoResponseAs for T {}

fn cookie_name(path: &str) -> &'static str {
    match path {
        _ if path.starts_with("/mixpanel/") => "_mpid",
        "/gtag/js" | "/g/collect" => "_gid_demo",
        "/pixel.gif" => "_adid",
        "/video/embed" => "_vid",
        _ => "_vendor_id",
    }
}

/// `SameSite=None` is what makes it a third-party cookie; browsers then demand `Secure`, which loopback may set.
fn set_cookie(headers: &mut HeaderMap, name: &str, visitor: u64) {
    let cookie = format!("{name}=v{visitor}; Path=/; Max-Age=31536000; SameSite=None; Secure");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        headers.append(SET_COOKIE, cookie);
    }
}

fn is_preflight(parts: &Parts) -> bool {
    parts.method == Method::OPTIONS && parts.headers.contains_key("access-control-request-method")
}

fn preflight(request: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PUT, DELETE"));
    if let Some(asked) = request.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
    let private_network = HeaderName::from_static("access-control-allow-private-network");
    headers.insert(private_network, HeaderValue::from_static("true"));
    response
}

/// Vendors let any site call them with cookies, for which the wildcard is not enough: the origin is echoed.
fn allow_origin(headers: &mut HeaderMap, origin: Option<&HeaderValue>) {
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(VARY, HeaderValue::from_static("Origin"));
    } else {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
}
