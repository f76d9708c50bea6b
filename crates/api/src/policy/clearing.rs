//! What a browser has to clear when a service is turned off.

use consentry_enforce::pattern::matches_whole;
use serde::{Deserialize, Serialize};

use super::file::{PolicyFile, ServiceEntry, Storage};
use super::reach::is_ours;

/// Names of what one service keeps on the site's own domain, `*` standing for any run of characters, also none. Cookies of the
/// vendor's domain are not among them: no page of the site can reach those.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Clearing {
    /// Cookies, on whichever of the site's domains and paths they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<String>,
    /// Keys of `localStorage`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub local: Vec<String>,
    /// Keys of `sessionStorage`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub session: Vec<String>,
    /// Databases of IndexedDB.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexed_db: Vec<String>,
    /// Caches of Cache Storage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cache: Vec<String>,
    /// Service workers, by the path of their script.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub service_worker: Vec<String>,
}

impl Clearing {
    /// Whether a cookie of this name is one of them.
    pub fn has_cookie(&self, name: &str) -> bool {
        self.cookies.iter().any(|pattern| matches_whole(pattern, name))
    }
}

/// One for each service, in the policy's bit order.
///
/// Vendors share names (`_ga` is kept by several tags of one vendor): whoever clears must spare what a service that may still
/// run keeps, that is, names that one of its patterns describes. Hence those of the required category are here too.
pub fn clearings(file: &PolicyFile) -> Vec<Clearing> {
    file.services.iter().map(|service| clearing(service, &file.site)).collect()
}

fn clearing(service: &ServiceEntry, site: &str) -> Clearing {
    let mut all = Clearing::default();
    // Policies from before there was a check may name ours.
    let others = service.cookies.iter().filter(|cookie| !is_ours(cookie.storage, &cookie.name, site));
    for cookie in others {
        let names = match cookie.storage {
            Storage::Cookie => &mut all.cookies,
            Storage::LocalStorage => &mut all.local,
            Storage::SessionStorage => &mut all.session,
            Storage::IndexedDb => &mut all.indexed_db,
            Storage::Cache => &mut all.cache,
            Storage::ServiceWorker => &mut all.service_worker,
            Storage::VendorCookie | Storage::Pixel => continue,
        };
        if !names.contains(&cookie.name) {
            names.push(cookie.name.clone());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn file(services: serde_json::Value) -> PolicyFile {
        let mut file = json!({
            "site": "shop", "origins": ["https://shop.example"], "languages": ["en"],
            "controller": { "name": "Shop Ltd", "contact": "a@shop.example", "privacy_url": "https://shop.example/p" },
            "services": services,
        });
        assert_eq!(super::super::complete(&mut file).problems, []);
        serde_json::from_value(file).unwrap()
    }

    #[test]
    fn cookie_is_one_of_those_that_a_pattern_leaves_open() {
        for (pattern, name, fits) in [
            ("_ga", "_ga", true),
            ("_ga", "_gat", false),
            ("_ga_*", "_ga_ABC", true),
            ("_ga_*", "_ga", false),
            ("*_session", "my_session", true),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1c2b", false),
            ("a*a", "a", false),
            ("*", "", true),
        ] {
            let kept = Clearing { cookies: vec![pattern.into()], ..Clearing::default() };
            assert_eq!(kept.has_cookie(name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn stored_things_are_sorted_by_where_they_are_and_vendors_cookies_left_out() {
        let cookies = json!([
            { "name": "_a*", "retention_days": 1 },
            { "name": "_a*", "retention_days": 2 },
            { "name": "a_v", "retention_days": 1, "storage": "vendor_cookie" },
            { "name": "a_l", "storage": "local_storage" },
            { "name": "a_s", "storage": "session_storage" },
            { "name": "a_i", "storage": "indexed_db" },
            { "name": "a_c", "storage": "cache" },
            { "name": "*/a_worker.js", "storage": "service_worker" },
            { "name": "a.gif", "storage": "pixel" },
            { "name": "consentry", "retention_days": 1 },
        ]);
        let file = file(json!([
            { "id": "stripe", "category": "required", "cookies": cookies.clone() },
            { "id": "hotjar", "category": "functional", "cookies": cookies },
        ]));
        let found = serde_json::to_value(clearings(&file)).unwrap();
        let second = json!({
            "cookies": ["_a*"], "local": ["a_l"], "session": ["a_s"], "indexed_db": ["a_i"], "cache": ["a_c"],
            "service_worker": ["*/a_worker.js"],
        });
        assert_eq!(found, json!([second, second]));
    }

    #[test]
    fn service_of_the_catalogue_is_cleared_by_its_names() {
        let found = clearings(&file(
            json!([{ "id": "google_analytics" }, { "id": "mixpanel" }, { "id": "onesignal" }]),
        ));
        assert!(found[0].cookies.iter().any(|name| name == "_ga"), "{found:?}");
        assert!(found[1].local.iter().any(|name| name.starts_with("__mp")), "{found:?}");
        assert!(found[2].service_worker.iter().any(|path| path.contains("OneSignalSDKWorker")), "{found:?}");
    }
}
