//! What the gate's later part fetches: what to clear when something is not allowed, and what to show in its place.

use serde::{Deserialize, Serialize};

use crate::notice::{CookieNotice, Notice};
use crate::policy::Reload;

/// Depends on policy and language only.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Later {
    /// For each service of the policy, in its order: what visitors know it by.
    pub names: Vec<String>,
    /// For each service of the policy, in its order: what it keeps in the browser on the site's own domain.
    pub kept: Vec<Kept>,
    /// The placeholder of embedded content, as HTML; `{service}` is for the page to fill in.
    pub embed: String,
    /// The word on what stops only with the page, as HTML.
    pub note: String,
    /// The style sheet of both.
    pub css: String,
    /// What to do when something that ran is not allowed any more.
    pub reload: Reload,
}

/// Names in a browser's stores, `*` standing for anything.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Cookies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<String>,
    /// Keys in `localStorage`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub local: Vec<String>,
    /// Keys in `sessionStorage`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub session: Vec<String>,
    /// Databases of IndexedDB.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub databases: Vec<String>,
}

impl Kept {
    /// From what a notice says of a service.
    pub fn new(cookies: &[CookieNotice]) -> Self {
        let of = |storage: &str| {
            let these = cookies.iter().filter(|cookie| cookie.storage == storage);
            these.map(|cookie| cookie.name.clone()).collect()
        };
        Self {
            cookies: of("cookie"),
            local: of("local_storage"),
            session: of("session_storage"),
            databases: of("indexed_db"),
        }
    }
}

/// Every service of a notice with its name and what it keeps, in the policy's order.
pub fn kept(notice: &Notice) -> (Vec<String>, Vec<Kept>) {
    let mut all: Vec<_> = notice.categories.iter().flat_map(|category| &category.services).collect();
    all.sort_by_key(|service| service.index);
    all.into_iter().map(|service| (service.name.clone(), Kept::new(&service.cookies))).unzip()
}
