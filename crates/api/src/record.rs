//! A record on its way in (`POST …/records`) and the receipt that comes back.

use std::collections::BTreeMap;

use consentry_core::{
    Action, CategoryId, Dnt, Draft, Gpc, Policy, RecordId, ServiceId, Signals, Source, SubjectId,
    parse_choice,
};
use serde::{Deserialize, Serialize};

/// Largest accepted body, in bytes. A full policy's record is below 4 KiB.
pub const LARGEST_BODY: usize = 8 * 1024;

/// What the client sends: one decision, every category explicit.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordSubmission {
    /// UUIDv7 made by the client; sending it again is harmless. Its first 48 bits are the client's time.
    pub id: String,
    /// The visitor on this site, 32 hexadecimal digits.
    pub subject: String,
    /// The record this one supersedes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// `accept_all`, `reject_all`, `save`, `withdraw` or `signal`.
    pub action: String,
    /// `banner`, `preferences`, `form`, `api`, `gpc` or `dnt`.
    pub source: String,
    /// Every category of the policy: granted or not.
    pub categories: BTreeMap<String, bool>,
    /// Services refused inside granted categories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denied_services: Vec<String>,
    /// `navigator.globalPrivacyControl`: `on`, `off` or `absent`.
    pub gpc: String,
    /// `navigator.doNotTrack`: `on`, `allow` or `unset`.
    pub dnt: String,
    /// Chosen after being told that a signal says otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overridden: bool,
    /// A signal was seen for this visitor, now or earlier.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub signal_seen: bool,
    /// The policy version decided under.
    pub policy: u32,
    /// The language of the texts shown and, after `-x-`, the variant where the policy has several: `en`, `en-x-b`.
    pub language: String,
}

/// What the gate sends: the choice as its cookie says it, read by the codec that reads it everywhere else. The gate has no
/// room to spell out a record, and no need to.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChoiceSubmission {
    /// The choice cookie's value.
    pub choice: String,
    /// `navigator.globalPrivacyControl`: `on`, `off` or `absent`.
    pub gpc: String,
    /// `navigator.doNotTrack`: `on`, `allow` or `unset`.
    pub dnt: String,
    /// The policy version decided under.
    pub policy: u32,
    /// The language of the texts shown and, after `-x-`, the variant where the policy has several: `en`, `en-x-b`.
    pub language: String,
}

/// A record in either of its two forms.
#[derive(Debug, Clone, PartialEq)]
pub enum Submission {
    /// Spelled out.
    Record(RecordSubmission),
    /// As the cookie says it.
    Choice(ChoiceSubmission),
}

impl Submission {
    /// Reads a body. What is neither is reported as a [`RecordSubmission`] gone wrong, the form that is documented for people.
    #[cfg(feature = "server")]
    pub fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        match serde_json::from_slice(body) {
            Ok(choice) => Ok(Self::Choice(choice)),
            Err(_) => serde_json::from_slice(body).map(Self::Record),
        }
    }

    /// The policy version it was decided under.
    pub const fn policy(&self) -> u32 {
        match self {
            Self::Record(record) => record.policy,
            Self::Choice(choice) => choice.policy,
        }
    }

    /// The draft in it.
    pub fn to_draft(&self, policy: &Policy) -> Result<Draft, FieldError> {
        match self {
            Self::Record(record) => record.to_draft(policy),
            Self::Choice(choice) => choice.to_draft(policy),
        }
    }
}

impl ChoiceSubmission {
    /// The draft in it. The fingerprint must be the policy's: under another one the choice's bits mean something else.
    pub fn to_draft(&self, policy: &Policy) -> Result<Draft, FieldError> {
        let form = FieldError::Form;
        let choice = parse_choice(&self.choice)
            .filter(|choice| choice.fingerprint == policy.fingerprint())
            .ok_or(form("choice"))?;
        let dom = Signals {
            gpc: parse_gpc(&self.gpc).ok_or(form("gpc"))?,
            dnt: parse_dnt(&self.dnt).ok_or(form("dnt"))?,
        };
        let parts = policy.parts();
        let services: Vec<ServiceId> = parts.services.iter().map(|service| service.id.clone()).collect();
        Ok(Draft::from_choice(&choice, &parts.categories, &services, dom, self.policy, &self.language))
    }
}

/// The acknowledgement: given only when the record is durable.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// The record.
    pub id: String,
    /// The site.
    pub site: String,
    /// When the edge received it (RFC 3339, UTC).
    pub time: String,
    /// Its position in the site's log.
    pub index: u64,
    /// SHA-256 of its leaf (RFC 6962 §2.1), 64 hexadecimal digits.
    pub leaf_hash: String,
    /// The receipt to take home: a C2SP `tlog-proof` that holds the record and verifies offline with the log's public key.
    pub proof: String,
}

/// Records collected offline (`POST …/batches`, operator). The operator vouches for where the visitors were; each record is
/// checked against the policy like any other.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BatchSubmission {
    /// Where the visitors were: `DE`, `US-CA`.
    pub jurisdiction: String,
    /// At most 1,000, all under one policy version.
    pub records: Vec<RecordSubmission>,
}

/// What became of a batch: one line per record, in order.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BatchReceipt {
    /// The part of the log they are in.
    pub log: u8,
    /// Each record's position, in order. A record that was there already has its old one.
    pub indexes: Vec<u64>,
}

/// The keys of a log (`GET log/SITE/keys`), so that whoever trusts an old one can find its way to the newest.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogKeys {
    /// C2SP verifier keys, oldest first.
    pub keys: Vec<String>,
    /// The entries, in hexadecimal, in which each key but the last names and signs the next.
    pub changes: Vec<String>,
}

/// Most records in one batch.
pub const LARGEST_BATCH: usize = 1_000;

/// A field that does not say anything this version understands. Nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldError {
    /// The named field has another form than its documentation says.
    Form(&'static str),
    /// A category is missing that the policy has.
    CategoryMissing(String),
    /// A category is there that the policy lacks.
    CategoryUnknown(String),
}

impl RecordSubmission {
    /// What the client sends for a draft.
    pub fn from_draft(draft: &Draft) -> Self {
        Self {
            id: draft.id.to_hex(),
            subject: draft.subject.to_hex(),
            previous: draft.previous.map(|id| id.to_hex()),
            action: draft.action.as_str().into(),
            source: draft.source.as_str().into(),
            categories: draft.categories.iter().map(|(id, granted)| (id.as_str().into(), *granted)).collect(),
            denied_services: draft.denied_services.iter().map(|id| id.as_str().into()).collect(),
            gpc: gpc_word(draft.dom.gpc).into(),
            dnt: dnt_word(draft.dom.dnt).into(),
            overridden: draft.overridden,
            signal_seen: draft.signal_seen,
            policy: draft.policy_version,
            language: draft.language.clone(),
        }
    }

    /// The draft in it, with the categories brought into the policy's order.
    pub fn to_draft(&self, policy: &Policy) -> Result<Draft, FieldError> {
        let form = FieldError::Form;
        let mut categories = Vec::with_capacity(self.categories.len());
        for id in &policy.parts().categories {
            let granted = self.categories.get(id.as_str());
            let granted = granted.ok_or_else(|| FieldError::CategoryMissing(id.as_str().into()))?;
            categories.push((id.clone(), *granted));
        }
        let known =
            |text: &str| CategoryId::parse(text).is_some_and(|id| policy.category_index(&id).is_some());
        if let Some(unknown) = self.categories.keys().find(|text| !known(text)) {
            return Err(FieldError::CategoryUnknown(unknown.clone()));
        }
        let services =
            self.denied_services.iter().map(|text| ServiceId::parse(text).ok_or(form("denied_services")));
        let previous = self.previous.as_deref().map(|text| RecordId::parse(text).ok_or(form("previous")));
        Ok(Draft {
            id: RecordId::parse(&self.id).ok_or(form("id"))?,
            subject: SubjectId::parse(&self.subject).ok_or(form("subject"))?,
            previous: previous.transpose()?,
            action: Action::parse(&self.action).ok_or(form("action"))?,
            source: Source::parse(&self.source).ok_or(form("source"))?,
            categories,
            denied_services: services.collect::<Result<_, _>>()?,
            dom: Signals {
                gpc: parse_gpc(&self.gpc).ok_or(form("gpc"))?,
                dnt: parse_dnt(&self.dnt).ok_or(form("dnt"))?,
            },
            overridden: self.overridden,
            signal_seen: self.signal_seen,
            policy_version: self.policy,
            language: self.language.clone(),
        })
    }
}

/// The wire word of a GPC state.
pub const fn gpc_word(gpc: Gpc) -> &'static str {
    match gpc {
        Gpc::On => "on",
        Gpc::Off => "off",
        Gpc::Absent => "absent",
    }
}

/// The wire word of a DNT state.
pub const fn dnt_word(dnt: Dnt) -> &'static str {
    match dnt {
        Dnt::On => "on",
        Dnt::Allow => "allow",
        Dnt::Unset => "unset",
    }
}

/// A GPC state from its wire word.
pub fn parse_gpc(text: &str) -> Option<Gpc> {
    [Gpc::On, Gpc::Off, Gpc::Absent].into_iter().find(|state| gpc_word(*state) == text)
}

/// A DNT state from its wire word.
pub fn parse_dnt(text: &str) -> Option<Dnt> {
    [Dnt::On, Dnt::Allow, Dnt::Unset].into_iter().find(|state| dnt_word(*state) == text)
}
