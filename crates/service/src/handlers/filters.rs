//! What paths with filters refuse alike. A filter that is not heard would show more than was asked for, and nobody would notice.

use crate::access::LINK;
use crate::answer::problem;
use crate::http::Response;

/// The refusal of a filter that says nothing the path understands.
pub fn wrong(name: &str, allowed: &str) -> Response {
    refused(format!("`{name}` must be {allowed}"))
}

/// Passes queries with parameters of these names only. A link's own is no filter, and judged by whoever lets links in.
pub fn require_known(query: &str, known: &[&str]) -> Result<(), Response> {
    let is_known = |name: &str| name == LINK || known.contains(&name);
    match form_urlencoded::parse(query.as_bytes()).find(|(name, _)| !is_known(name)) {
        None => Ok(()),
        Some((name, _)) => {
            Err(refused(format!("`{name}` is no parameter of this path; it has {}", known.join(", "))))
        }
    }
}

fn refused(detail: String) -> Response {
    problem(400, "filter", "A filter cannot be read", detail)
}
