//! What the vendor server remembers of each request, in bounded memory.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::header::{COOKIE, HOST, REFERER};
use axum::http::request::Parts;
use serde_json::{Value, json};

/// Ten thousand requests are far more than one test makes, and a few megabytes at most.
pub const REMEMBERED: usize = 10_000;

/// One request that reached the vendor server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// `GET`, `POST`, `OPTIONS`, …
    pub method: String,
    /// The `Host` header as sent, port included; empty when there was none.
    pub host: String,
    /// Path and query.
    pub path: String,
    /// Whether the request carried any cookie, which is what makes it a tracking request.
    pub has_cookie: bool,
    /// The `Referer` header; empty when there was none.
    pub referer: String,
}

impl Hit {
    pub(super) fn from_parts(parts: &Parts) -> Self {
        let header = |name| {
            let value = parts.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
            value.unwrap_or_default().into_owned()
        };
        Self {
            method: parts.method.to_string(),
            host: header(HOST),
            path: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            has_cookie: parts.headers.contains_key(COOKIE),
            referer: header(REFERER),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let Self { method, host, path, has_cookie, referer } = self;
        json!({ "method": method, "host": host, "path": path, "has_cookie": has_cookie, "referer": referer })
    }

    fn starts_with(&self, prefix: &str) -> bool {
        self.host.starts_with(prefix) || self.path.starts_with(prefix)
    }
}

/// The requests so far, oldest first.
#[derive(Debug, Default)]
pub struct Hits(Mutex<VecDeque<Hit>>);

impl Hits {
    pub fn push(&self, hit: Hit) {
        let mut hits = self.lock();
        if hits.len() >= REMEMBERED {
            hits.pop_front();
        }
        hits.push_back(hit);
    }

    pub fn all(&self) -> Vec<Hit> {
        self.lock().iter().cloned().collect()
    }

    pub fn count_for(&self, prefix: &str) -> usize {
        self.lock().iter().filter(|hit| hit.starts_with(prefix)).count()
    }

    pub fn reset(&self) {
        self.lock().clear();
    }

    /// A list of requests has no half-changed state that a panic elsewhere could leave behind.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Hit>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(path: String) -> Hit {
        Hit {
            method: "GET".into(),
            host: "ads.example".into(),
            path,
            has_cookie: false,
            referer: String::new(),
        }
    }

    #[test]
    fn hits_beyond_the_bound_forget_the_oldest() {
        let hits = Hits::default();
        for n in 0..REMEMBERED + 5 {
            hits.push(hit(format!("/{n}")));
        }
        let all = hits.all();
        assert_eq!(all.len(), REMEMBERED);
        assert_eq!(all.first().map(|hit| hit.path.as_str()), Some("/5"));
        assert_eq!(all.last().map(|hit| hit.path.clone()), Some(format!("/{}", REMEMBERED + 4)));
    }

    #[test]
    fn hits_counted_by_prefix_match_host_and_path() {
        let hits = Hits::default();
        hits.push(hit("/pixel.gif?id=1".into()));
        assert_eq!(hits.count_for("/pixel"), 1);
        assert_eq!(hits.count_for("ads."), 1);
        assert_eq!(hits.count_for("/gtag"), 0);
        hits.reset();
        assert_eq!(hits.count_for("/"), 0);
    }
}
