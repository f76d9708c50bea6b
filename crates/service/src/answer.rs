//! Answers that many handlers give: JSON, problems that say what to change, and CORS.

use consentry_api::policy::Published;
use consentry_api::problem::{PROBLEM_JSON, PlaceError, Problem};
use serde::Serialize;

use crate::http::{Request, Response};

/// A problem, on its way to becoming a response. `kind` is the stable name, `detail` says what to change.
pub fn problem(status: u16, kind: &str, title: &str, detail: impl Into<String>) -> Response {
    problem_with(status, kind, title, detail.into(), Vec::new())
}

/// The same with the places of a policy that are wrong.
pub fn problem_with(
    status: u16,
    kind: &str,
    title: &str,
    detail: String,
    errors: Vec<PlaceError>,
) -> Response {
    let body = Problem {
        kind: format!("urn:consentry:problem:{kind}"),
        title: title.into(),
        status,
        detail,
        errors,
    };
    let json = serde_json::to_vec(&body).unwrap_or_default();
    Response::new(status, PROBLEM_JSON, json).with("cache-control", "no-store")
}

/// JSON that must not be cached.
pub fn json(status: u16, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => Response::new(status, "application/json", bytes).with("cache-control", "no-store"),
        Err(error) => problem(500, "internal", "The answer could not be written", error.to_string()),
    }
}

/// No such site, or nothing published for it yet: the two look the same from outside.
pub fn no_site() -> Response {
    problem(
        404,
        "site-unknown",
        "No policy is published for this site",
        "Check the site's name in the path, or publish its policy first: consentry policy publish FILE",
    )
}

/// The object could not be reached, or said it is busy.
pub fn unavailable(seconds: u32, detail: impl Into<String>) -> Response {
    problem(503, "unavailable", "The log cannot take this now", detail)
        .with("retry-after", seconds.to_string())
}

/// The method is not one of this path's.
pub fn not_allowed(allowed: &'static str) -> Response {
    problem(405, "method", "This path takes other methods", format!("Use one of: {allowed}"))
        .with("allow", allowed)
}

/// The client has what this entity tag names already. Whoever compresses the answer on its way may have made the tag a weak
/// one (RFC 9110 §13.1.2 compares as if it were not).
pub fn is_fresh(request: &Request, etag: &str) -> bool {
    let same = |known: &str| known.trim().trim_start_matches("W/") == etag;
    request.header("if-none-match").is_some_and(|known| known.split(',').any(same))
}

/// Adds CORS for exactly the origins of the policy. No credentials: from another origin, cookies never travel.
pub fn with_cors(response: Response, request: &Request, published: &Published) -> Response {
    let response = response.with("vary", "Origin");
    match request.header("origin") {
        Some(origin) if published.file.origins.iter().any(|known| known == origin) => {
            response.with("access-control-allow-origin", origin)
        }
        _ => response,
    }
}
