//! Policies as the service works with them: parsed, checked, and kept for a moment in the isolate's memory.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use consentry_api::object::{SiteCall, SiteReply, StoredPolicy};
use consentry_api::policy::{Published, parse_published};
use consentry_core::bytes::parse_hex;
use consentry_core::{SiteId, UnixMillis};

use crate::sites::{Sites, Unreachable};

/// A published policy, ready for use.
pub struct Live {
    /// Its version, counted from 1.
    pub version: u32,
    /// SHA-256 of the file as published.
    pub hash: [u8; 32],
    /// Where the log says that it was published.
    pub entry: u64,
    /// Rules and words.
    pub published: Published,
    /// The JSON as published, byte for byte.
    pub json: String,
    /// What automatic mode knows addresses by, once it was asked for: it takes some milliseconds to make.
    pub auto: OnceCell<serde_json::Value>,
    /// Gate responses made from it so far, by what they depend on.
    pub gates: RefCell<HashMap<String, Rc<Script>>>,
}

/// A gate response, made once per policy, model, language and signal.
pub struct Script {
    /// Its strong entity tag.
    pub etag: String,
    /// Its text.
    pub body: Vec<u8>,
}

/// How long "the newest policy" is believed without asking again, in milliseconds. A new policy is live everywhere after
/// that; a particular version never changes and is kept.
pub const FRESH: u64 = 5_000;
/// How many policies one isolate keeps. Beyond it, all are forgotten and read again: simpler than choosing.
const MOST: usize = 200;

/// The isolate's memory of policies.
#[derive(Default)]
pub struct Cache {
    newest: RefCell<HashMap<SiteId, (Rc<Live>, UnixMillis)>>,
    versions: RefCell<HashMap<(SiteId, u32), Rc<Live>>>,
}

impl Cache {
    /// The newest policy of a site, or `None` when nothing is published.
    pub async fn newest<S: Sites>(
        &self,
        sites: &S,
        site: &SiteId,
        now: UnixMillis,
    ) -> Result<Option<Rc<Live>>, Unreachable> {
        let cached = self.newest.borrow().get(site).cloned();
        if let Some((live, read)) = cached
            // Also when the clock went back: else an old policy would stay until it has caught up.
            && now.0.abs_diff(read.0) < FRESH
        {
            return Ok(Some(live));
        }
        let live = self.read(sites, site, None).await?;
        if let Some(live) = &live {
            bounded(&mut self.newest.borrow_mut()).insert(site.clone(), (live.clone(), now));
        }
        Ok(live)
    }

    /// One version of a site's policy.
    pub async fn version<S: Sites>(
        &self,
        sites: &S,
        site: &SiteId,
        version: u32,
    ) -> Result<Option<Rc<Live>>, Unreachable> {
        let cached = self.versions.borrow().get(&(site.clone(), version)).cloned();
        match cached {
            Some(live) => Ok(Some(live)),
            None => self.read(sites, site, Some(version)).await,
        }
    }

    /// Forgets what is newest: a new version was just published.
    pub fn forget(&self, site: &SiteId) {
        self.newest.borrow_mut().remove(site);
    }

    async fn read<S: Sites>(
        &self,
        sites: &S,
        site: &SiteId,
        version: Option<u32>,
    ) -> Result<Option<Rc<Live>>, Unreachable> {
        let stored = match sites.call(site, &SiteCall::Policy { version }).await? {
            SiteReply::Policy(stored) => stored,
            other => return Err(Unreachable(format!("unexpected answer: {other:?}"))),
        };
        let Some(stored) = stored else { return Ok(None) };
        let known = self.versions.borrow().get(&(site.clone(), stored.version)).cloned();
        if let Some(known) = known {
            return Ok(Some(known));
        }
        let live =
            Rc::new(Live::new(stored).ok_or_else(|| Unreachable("the stored policy cannot be read".into()))?);
        bounded(&mut self.versions.borrow_mut()).insert((site.clone(), live.version), live.clone());
        Ok(Some(live))
    }
}

fn bounded<K, V>(map: &mut HashMap<K, V>) -> &mut HashMap<K, V> {
    if map.len() >= MOST {
        map.clear();
    }
    map
}

impl Live {
    /// `None` when this version of the code no longer accepts what an earlier one published.
    fn new(stored: StoredPolicy) -> Option<Self> {
        Some(Self {
            version: stored.version,
            hash: parse_hex(&stored.hash)?,
            entry: stored.entry,
            published: parse_published(&stored.json).ok()?,
            json: stored.json,
            auto: OnceCell::new(),
            gates: RefCell::default(),
        })
    }
}
