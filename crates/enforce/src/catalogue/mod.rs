//! The catalogue: services, and how to find the one behind an address, a stored name or an old name.
//!
//! ```
//! use consentry_enforce::catalogue::{Storage, find_service, service_of_url, services_storing};
//!
//! let tag = service_of_url("https://static.hotjar.com/c/hotjar-1.js?sv=6");
//! assert_eq!(tag, find_service("hotjar"));
//! let mut keepers = services_storing(Storage::Cookie, "_hjSessionUser_1");
//! assert!(keepers.all(|(service, _)| Some(service) == tag));
//! ```

mod address;
#[allow(
    clippy::indexing_slicing,
    reason = "statics are worked out while compiling; a wrong place would not compile"
)]
mod tables;

use std::borrow::Cow;

pub(crate) use address::parse_address;
use tables::{HOSTS, NAMES, NAMES_STORED, PATTERNS_STORED, SERVICES};

use crate::pattern::{matches_start, matches_whole};

/// A service of a vendor: what one entry of a policy's list of services would be about.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    /// Its identifier, which never changes once published; a `ServiceId` of `consentry-core`.
    pub id: &'static str,
    /// Identifiers under which it is found too: former names, and what else people call it.
    pub aliases: &'static [&'static str],
    /// The name visitors know it by.
    pub name: &'static str,
    /// What kind of service it is: the name of the file in `services/` it is from, such as `analytics` or `video`.
    pub theme: &'static str,
    /// The built-in category it belongs to unless a policy says otherwise.
    pub category: Category,
    /// The company that answers for it (GDPR Art. 4(7)): the one its general terms name. Inside the European Economic Area
    /// it may be a subsidiary, which a policy can name instead.
    pub controller: &'static str,
    /// The controller's privacy notice.
    pub privacy_url: &'static str,
    /// Where visitors can opt out at the vendor, where there is such a place.
    pub opt_out_url: Option<&'static str>,
    /// What it is for, in one English sentence.
    pub purpose: &'static str,
    /// Where it loads from: `host`, or `*.host` for any subdomain (but not the host itself), each with an optional prefix of
    /// path and query, in which `*` stands for anything.
    pub loads: &'static [&'static str],
    /// What it keeps in the browser.
    pub stored: &'static [Stored],
}

/// A category every policy has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// Needed for what the visitor asked for: paying, signing in, keeping robots out, the consent itself.
    Required,
    /// Measures, helps or embeds, for the site's own ends.
    Functional,
    /// Advertises, or tells somebody who does.
    Advertising,
}

impl Category {
    /// The category's identifier in a policy.
    pub const fn as_str(self) -> &'static str {
        match self {
            Category::Required => "required",
            Category::Functional => "functional",
            Category::Advertising => "advertising",
        }
    }
}

/// Something a service keeps in the browser.
#[derive(Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its name, or the path of a worker's script; `*` stands for any run of characters, also none.
    pub name: &'static str,
    /// Where it is kept.
    pub storage: Storage,
    /// How long, as the vendor states it; parts of a day count as one. Browsers may end it sooner: none keeps a cookie for
    /// more than 400 days.
    pub retention: Retention,
}

impl Stored {
    /// Whether this is the entry for a name found in the browser.
    pub fn matches(&self, name: &str) -> bool {
        matches_whole(self.name, name)
    }
}

/// Where something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Storage {
    /// A cookie of the site's own domain, which the site can expire.
    Cookie,
    /// A cookie of the vendor's domain, out of the site's reach.
    VendorCookie,
    /// `localStorage` of the site's pages.
    LocalStorage,
    /// `sessionStorage` of the site's pages.
    SessionStorage,
    /// A database in IndexedDB of the site's pages.
    IndexedDb,
    /// A cache in Cache Storage of the site's origin.
    Cache,
    /// A service worker registered for the site's origin, known by the path of its script.
    ServiceWorker,
}

/// How long something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retention {
    /// Until the browser, or the tab, is closed.
    Session,
    /// So many days, at least 1.
    Days(u16),
    /// Until somebody clears it.
    Unlimited,
}

/// A service and one of the things it keeps.
pub type Holding = (&'static Service, &'static Stored);

const IGNORED: [char; 3] = ['\t', '\n', '\r'];

/// Every service, sorted by id.
pub fn services() -> &'static [Service] {
    &SERVICES
}

/// The service of this id, or the one that used to have it.
pub fn find_service(id: &str) -> Option<&'static Service> {
    let at = NAMES.binary_search_by(|(name, _)| (*name).cmp(id)).ok()?;
    NAMES.get(at).map(|(_, service)| *service)
}

/// The service that an address belongs to. `None` for other services, for addresses within the page's own site and for what
/// is no http(s) or ws(s) address: those load nothing from a vendor.
pub fn service_of_url(url: &str) -> Option<&'static Service> {
    let url = without_breaks(url);
    let address = parse_address(&url)?;
    service_at(address.host, &address.path)
}

/// Browsers drop tabs and line breaks wherever they stand (URL Standard, §4.4).
pub(crate) fn without_breaks(url: &str) -> Cow<'_, str> {
    match url.contains(IGNORED) {
        true => Cow::Owned(url.replace(IGNORED, "")),
        false => Cow::Borrowed(url),
    }
}

/// In lower case and without the dot of a whole name.
pub(crate) fn lower_host(host: &str) -> Cow<'_, str> {
    let host = host.strip_suffix('.').unwrap_or(host);
    match host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(host.to_ascii_lowercase()),
        false => Cow::Borrowed(host),
    }
}

/// The service that loads from a host, in any case, and a path with its query: `/gtag/js?id=AW-1`.
///
/// The most specific pattern wins: first the longer host, then the longer path. Costs a binary search per label of the host.
pub fn service_at(host: &str, path: &str) -> Option<&'static Service> {
    let host = lower_host(host);
    let mut name: &str = &host;
    let mut is_whole = true;
    loop {
        if let Some(row) = find_host(name) {
            let paths = if is_whole { row.exact } else { row.below };
            if let Some((_, service)) = paths.iter().find(|(prefix, _)| matches_start(prefix, path)) {
                return Some(service);
            }
        }
        name = name.split_once('.')?.1;
        is_whole = false;
    }
}

fn find_host(name: &str) -> Option<&'static tables::Host> {
    let at = HOSTS.binary_search_by(|row| row.name.cmp(name)).ok()?;
    HOSTS.get(at)
}

/// The services that keep something of this name there. Often one; several where vendors share a name.
pub fn services_storing(storage: Storage, name: &str) -> impl Iterator<Item = Holding> {
    let exact = NAMES_STORED.binary_search_by(|(stored, _)| (*stored).cmp(name)).ok();
    let exact = exact.and_then(|at| NAMES_STORED.get(at)).map_or(&[][..], |(_, holdings)| holdings);
    let by_pattern = PATTERNS_STORED.iter().filter(move |(_, stored)| stored.matches(name));
    exact.iter().chain(by_pattern).filter(move |(_, stored)| stored.storage == storage).copied()
}
