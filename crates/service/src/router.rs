//! Paths to routes, by hand: a dozen patterns, matched before anything is read or allocated.

use consentry_api::record::LARGEST_BODY;
use consentry_core::SiteId;

/// Where a request goes. The prefix has been taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// `SITE.js`
    Gate(SiteId),
    /// `SITE/choice`
    Choice(SiteId),
    /// `SITE/preferences`
    Preferences(SiteId),
    /// `SITE/later`
    Later(SiteId),
    /// `SITE/centre`
    Centre(SiteId),
    /// `SITE/declaration`
    Declaration(SiteId),
    /// `banner-HASH.js`, `banner-HASH.wasm`
    Banner(String),
    /// `v1/sites/SITE/notice`
    Notice(SiteId),
    /// `v1/sites/SITE/records`
    Records(SiteId),
    /// `v1/sites/SITE/shown`
    Shown(SiteId),
    /// `v1/sites/SITE/records/ID/proof`
    Proof(SiteId, String),
    /// `v1/sites/SITE/visitor/records`
    VisitorRecords(SiteId),
    /// `v1/sites/SITE/visitor/erasure`
    VisitorErasure(SiteId),
    /// `v1/sites/SITE/erasures`
    Erasures(SiteId),
    /// `v1/sites/SITE/retention`
    Retention(SiteId),
    /// `v1/sites/SITE/records/ID`
    Record(SiteId, String),
    /// `v1/sites/SITE/batches`
    Batches(SiteId),
    /// `v1/sites/SITE/snapshot`
    Snapshot(SiteId),
    /// `v1/sites/SITE/stats`
    Stats(SiteId),
    /// `v1/sites/SITE/policy`
    Policy(SiteId),
    /// `v1/sites/SITE/tokens`
    Tokens(SiteId),
    /// `v1/sites/SITE/tokens/ID`
    Token(SiteId, String),
    /// `v1/sites/SITE/tokens/ID/uses`
    TokenUses(SiteId, String),
    /// `v1/sites/SITE/links`
    Links(SiteId),
    /// `v1/openapi.json`
    OpenApi,
    /// `log/SITE/checkpoint`, `log/SITE/keys`, `log/SITE/tile/LEVEL/INDEX`, `log/SITE/tile/entries/INDEX`, and each of them
    /// with `/PART` after the site: the part and what is asked of it.
    Log(SiteId, u8, String),
    /// `/.well-known/gpc.json`
    Gpc,
    /// Below the prefix, but nothing we know.
    Unknown,
    /// Not ours: the website itself.
    Assets,
}

/// The largest policy file taken, in bytes: 160 services with long descriptions in forty languages fit.
const LARGEST_POLICY: usize = 1024 * 1024;

impl Route {
    /// The route of a path, under a prefix such as `/_c`.
    pub fn of(prefix: &str, path: &str) -> Self {
        if path == "/.well-known/gpc.json" {
            return Route::Gpc;
        }
        let Some(rest) = path.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/')) else {
            return Route::Assets;
        };
        let parts: Vec<&str> = rest.split('/').collect();
        let site = |text: &str| SiteId::parse(text);
        let route = match parts.as_slice() {
            [file] if file.starts_with("banner-") || file.starts_with("later-") => {
                Some(Route::Banner((*file).into()))
            }
            [file] => file.strip_suffix(".js").and_then(site).map(Route::Gate),
            [name, "choice"] => site(name).map(Route::Choice),
            [name, "preferences"] => site(name).map(Route::Preferences),
            [name, "later"] => site(name).map(Route::Later),
            [name, "centre"] => site(name).map(Route::Centre),
            [name, "declaration"] => site(name).map(Route::Declaration),
            ["log", name, rest @ ..] => site(name).map(|site| Self::of_log(site, rest)),
            ["v1", "openapi.json"] => Some(Route::OpenApi),
            ["v1", "sites", name, rest @ ..] => site(name).and_then(|site| Self::of_site(site, rest)),
            _ => None,
        };
        route.unwrap_or(Route::Unknown)
    }

    fn of_log(site: SiteId, rest: &[&str]) -> Self {
        // Parts beyond the first have their number before the rest of the path.
        let part = rest.split_first().and_then(|(first, rest)| Some((first.parse::<u8>().ok()?, rest)));
        let (shard, rest) = part.unwrap_or((0, rest));
        Route::Log(site, shard, rest.join("/"))
    }

    fn of_site(site: SiteId, rest: &[&str]) -> Option<Self> {
        Some(match rest {
            ["records"] => Route::Records(site),
            ["records", id, "proof"] if id.len() <= 40 => Route::Proof(site, (*id).into()),
            ["shown"] => Route::Shown(site),
            ["visitor", "records"] => Route::VisitorRecords(site),
            ["visitor", "erasure"] => Route::VisitorErasure(site),
            ["erasures"] => Route::Erasures(site),
            ["retention"] => Route::Retention(site),
            ["records", id] if (1..=40).contains(&id.len()) => Route::Record(site, (*id).into()),
            ["notice"] => Route::Notice(site),
            ["batches"] => Route::Batches(site),
            ["snapshot"] => Route::Snapshot(site),
            ["stats"] => Route::Stats(site),
            ["policy"] => Route::Policy(site),
            ["tokens"] => Route::Tokens(site),
            ["tokens", id] if id.len() <= 40 => Route::Token(site, (*id).into()),
            ["tokens", id, "uses"] if id.len() <= 40 => Route::TokenUses(site, (*id).into()),
            ["links"] => Route::Links(site),
            _ => return None,
        })
    }

    /// Whether a `POST` here does nothing but ask one object after another, with a small body in and a small one out. The
    /// glue has a shorter way for those.
    pub fn takes_turns(&self) -> bool {
        matches!(self, Route::Records(_))
    }

    /// How many bytes of body are read before the answer is 413.
    pub fn largest_body(&self) -> usize {
        match self {
            Route::Policy(_) | Route::Batches(_) => LARGEST_POLICY,
            _ => LARGEST_BODY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> SiteId {
        SiteId::parse("shop").unwrap()
    }

    #[test]
    fn path_below_the_prefix_finds_its_route() {
        for (path, route) in [
            ("/_c/shop.js", Route::Gate(site())),
            ("/_c/shop/choice", Route::Choice(site())),
            ("/_c/shop/preferences", Route::Preferences(site())),
            ("/_c/shop/centre", Route::Centre(site())),
            ("/_c/shop/later", Route::Later(site())),
            ("/_c/shop/declaration", Route::Declaration(site())),
            ("/_c/banner-0a1b.wasm", Route::Banner("banner-0a1b.wasm".into())),
            ("/_c/v1/sites/shop/records", Route::Records(site())),
            ("/_c/v1/sites/shop/records/0a-1b/proof", Route::Proof(site(), "0a-1b".into())),
            ("/_c/v1/sites/shop/shown", Route::Shown(site())),
            ("/_c/v1/sites/shop/visitor/erasure", Route::VisitorErasure(site())),
            ("/_c/v1/sites/shop/visitor", Route::Unknown),
            ("/_c/v1/sites/shop/records/0199-ab", Route::Record(site(), "0199-ab".into())),
            ("/_c/log/shop/checkpoint", Route::Log(site(), 0, "checkpoint".into())),
            ("/_c/log/shop/3/tile/0/x001/067", Route::Log(site(), 3, "tile/0/x001/067".into())),
            ("/_c/v1/sites/shop/tokens/ab", Route::Token(site(), "ab".into())),
            ("/_c/v1/sites/shop/tokens/ab/uses", Route::TokenUses(site(), "ab".into())),
            ("/_c/v1/openapi.json", Route::OpenApi),
            ("/.well-known/gpc.json", Route::Gpc),
            ("/", Route::Assets),
            ("/_cx/shop.js", Route::Assets),
            ("/_c/", Route::Unknown),
            ("/_c/Shop.js", Route::Unknown),
            ("/_c/../shop.js", Route::Unknown),
            ("/_c/v1/sites/sh%6fp/records", Route::Unknown),
            ("/_c/v1/sites/shop/records/", Route::Unknown),
        ] {
            assert_eq!(Route::of("/_c", path), route, "{path}");
        }
    }
}
