//! What rows are checked against: the snapshot, once it has been checked itself.

use consentry_api::digest::sha256;
use consentry_api::policy::{Published, parse_published};
use consentry_api::snapshot::{PolicySnapshot, Snapshot};
use consentry_core::bytes::parse_hex;
use consentry_core::{Policy, SiteId};
use consentry_log::{LogKey, TreeHead, Trust, verify_checkpoint};

use crate::finding::{Finding, Place, Problem};
use crate::keys::KeyChain;

/// A snapshot that rows can be held to. Shared by all who read rows.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) site: Option<SiteId>,
    pub(crate) policies: Vec<PolicyPlan>,
    pub(crate) parts: Vec<PartPlan>,
    pub(crate) keys: Option<KeyChain>,
    /// The rows are all there are.
    pub(crate) complete: bool,
}

/// One version of a policy.
#[derive(Debug, Clone)]
pub(crate) struct PolicyPlan {
    pub version: u32,
    /// Where part 0 publishes it.
    pub entry: u64,
    pub hash: [u8; 32],
    /// `None` if these rules cannot read it, or if its text does not hash to its hash: by a text that was changed, rows that
    /// are as they were would be accused.
    pub rules: Option<Policy>,
    pub record_months: Option<u16>,
}

/// One part of the log.
#[derive(Debug, Clone)]
pub(crate) struct PartPlan {
    pub size: u64,
    pub checkpoint: String,
    /// What was signed, if the signature holds.
    pub head: Option<TreeHead>,
}

impl Plan {
    /// Checks a snapshot: the keys, from the trusted one on; each part's checkpoint; each policy's hash. Without a trusted key
    /// the snapshot's own are believed. `complete` says whether the rows should be all that the log has.
    ///
    /// What is wrong is found, and the rest can be used all the same: an auditor wants to know everything that is wrong.
    pub fn new(snapshot: &Snapshot, trusted: Option<&LogKey>, complete: bool) -> (Self, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut found = |place, problem| findings.push(Finding { place, problem });
        let site = SiteId::parse(&snapshot.site);
        if site.is_none() {
            found(Place::Snapshot, Problem::Snapshot("site"));
        }
        let keys = KeyChain::follow(&snapshot.keys, &snapshot.key_changes, trusted);
        let keys = keys.map_err(|error| found(Place::Snapshot, Problem::Key(error))).ok();
        let mut shards = 1;
        let mut policies = Vec::with_capacity(snapshot.policies.len());
        for (policy, expected) in snapshot.policies.iter().zip(1..) {
            let place = Place::Policy(policy.version);
            if policy.version != expected {
                found(place, Problem::Snapshot("version"));
            }
            let hash = sha256(policy.json.as_bytes());
            let published = if parse_hex(&policy.hash) == Some(hash) {
                read(policy, site.as_ref()).map_err(|problem| found(place, problem)).ok()
            } else {
                found(place, Problem::PolicyHash);
                None
            };
            let file = published.as_ref().map(|published| &published.file);
            shards = file.map_or(shards, |file| shards.max(file.log.shards));
            policies.push(PolicyPlan {
                version: policy.version,
                entry: policy.entry,
                hash,
                record_months: file.map(|file| file.lifetimes.record_months),
                rules: published.map(|published| published.policy),
            });
        }
        let parts = parts(snapshot, keys.as_ref(), &mut found);
        for part in parts.len()..usize::from(shards) {
            found(Place::Part(part as u8), Problem::PartMissing);
        }
        (Self { site, policies, parts, keys, complete }, findings)
    }

    pub(crate) fn policy(&self, version: u32) -> Option<(usize, &PolicyPlan)> {
        self.policies.iter().enumerate().find(|(_, policy)| policy.version == version)
    }

    /// How many rows there must be.
    pub fn rows(&self) -> u64 {
        self.parts.iter().map(|part| part.size).fold(0, u64::saturating_add)
    }
}

/// A policy whose text hashes to its hash.
fn read(policy: &PolicySnapshot, site: Option<&SiteId>) -> Result<Published, Problem> {
    let published = parse_published(&policy.json).map_err(Problem::PolicyRules)?;
    if Some(&published.policy.parts().site) == site { Ok(published) } else { Err(Problem::Snapshot("site")) }
}

fn parts(
    snapshot: &Snapshot,
    keys: Option<&KeyChain>,
    found: &mut impl FnMut(Place, Problem),
) -> Vec<PartPlan> {
    let mut parts = Vec::with_capacity(snapshot.parts.len());
    for (part, shard) in snapshot.parts.iter().zip(0..=u8::MAX) {
        let place = Place::Part(shard);
        if part.shard != shard {
            found(place, Problem::Snapshot("parts"));
        }
        let head = keys.and_then(|keys| {
            let trust = Trust { origin: &keys.origin_of(shard)?, keys: &keys.trusted(shard), witnesses: &[] };
            let checked = verify_checkpoint(part.checkpoint.as_bytes(), &trust);
            checked.map_err(|error| found(place, Problem::Checkpoint(error))).ok()
        });
        let head = head.map(|checkpoint| *checkpoint.head());
        if let Some(head) = head.filter(|head| head.size.0 != part.size) {
            found(place, Problem::CheckpointSize(head.size.0));
        }
        parts.push(PartPlan { size: part.size, checkpoint: part.checkpoint.clone(), head });
    }
    parts
}
