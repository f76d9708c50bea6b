//! The canonical bytes of a record's evidence: what is hashed into the log, the same on every machine and for ever.
//!
//! `consentry.record.v1` and a line feed, then every field in a fixed order. Integers are big-endian, words are those of the
//! wire, a field that is empty is there with length 0. [`parse_evidence`] refuses what [`serialize_evidence`] would not write.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use super::{AttestedBy, Evidence};
use crate::category::CategoryId;
use crate::choice::{Action, Source};
use crate::id::{ServiceId, SiteId};
use crate::jurisdiction::{Jurisdiction, Model};
use crate::signal::{Dnt, Gpc, SignalEvidence, Signals};
use crate::time::UnixMillis;
use crate::tlv::{CanonicalError, In, Out};

const HEADER: &[u8] = b"consentry.record.v1\n";

/// What a record shares with every other one that says the same: all of its evidence but who decided and when. In words, as
/// an export spells them, so that nothing need be built to know its bytes. [`parse_evidence`] says whether words are known;
/// none may be longer than 65,535 bytes and no list longer than 255, or the bytes are not what they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms<'a, C, S> {
    /// [`Evidence::late`]
    pub late: bool,
    /// [`Evidence::attested_by`]
    pub attested_by: &'a str,
    /// [`Evidence::action`]
    pub action: &'a str,
    /// [`Evidence::source`]
    pub source: &'a str,
    /// [`Evidence::categories`]
    pub categories: &'a [(C, bool)],
    /// [`Evidence::denied_services`]
    pub denied_services: &'a [S],
    /// [`Evidence::signals`]
    pub signals: SignalEvidence,
    /// [`Evidence::signal_seen`]
    pub signal_seen: bool,
    /// [`Evidence::overridden`]
    pub overridden: bool,
    /// [`Evidence::jurisdiction`]
    pub jurisdiction: &'a str,
    /// [`Evidence::model`]
    pub model: &'a str,
    /// [`Evidence::policy_version`]
    pub policy_version: u32,
    /// [`Evidence::policy_entry`]
    pub policy_entry: u64,
    /// [`Evidence::policy_hash`]
    pub policy_hash: &'a [u8; 32],
    /// [`Evidence::language`]
    pub language: &'a str,
}

/// What is a record's own: everything beside its [`Terms`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Own<'a> {
    /// [`Evidence::commitment`]
    pub commitment: &'a [u8; 32],
    /// [`Evidence::site`]
    pub site: &'a str,
    /// [`Evidence::server_time`]
    pub server_time: UnixMillis,
    /// [`Evidence::valid_until`]
    pub valid_until: UnixMillis,
}

/// The bytes of a record's evidence. Fields longer than 65,535 bytes cannot occur: lists are bounded by the policy.
pub fn serialize_evidence(evidence: &Evidence) -> Vec<u8> {
    let mut place = String::with_capacity(7);
    // Writing into a string cannot fail.
    let _ = write!(place, "{}", evidence.jurisdiction);
    let terms = Terms {
        late: evidence.late,
        attested_by: evidence.attested_by.as_str(),
        action: evidence.action.as_str(),
        source: evidence.source.as_str(),
        categories: &evidence.categories,
        denied_services: &evidence.denied_services,
        signals: evidence.signals,
        signal_seen: evidence.signal_seen,
        overridden: evidence.overridden,
        jurisdiction: &place,
        model: evidence.model.as_str(),
        policy_version: evidence.policy_version,
        policy_entry: evidence.policy_entry,
        policy_hash: &evidence.policy_hash,
        language: &evidence.language,
    };
    let own = Own {
        commitment: &evidence.commitment,
        site: evidence.site.as_str(),
        server_time: evidence.server_time,
        valid_until: evidence.valid_until,
    };
    let mut out = Out::new(HEADER);
    own.put_before(&mut out);
    terms.put(&mut out);
    own.put_after(&mut out);
    out.0
}

/// The part of the canonical bytes that terms make, in memory that has been used before.
pub fn serialize_terms<C: AsRef<str>, S: AsRef<str>>(buffer: Vec<u8>, terms: &Terms<'_, C, S>) -> Vec<u8> {
    let mut out = Out::over(buffer, &[]);
    terms.put(&mut out);
    out.0
}

/// Adds the canonical bytes of evidence with [terms that have been serialised](serialize_terms): one record of many that
/// say the same.
pub fn push_evidence(bytes: &mut Vec<u8>, own: &Own<'_>, terms: &[u8]) {
    let mut out = Out(core::mem::take(bytes));
    out.0.extend_from_slice(HEADER);
    own.put_before(&mut out);
    out.0.extend_from_slice(terms);
    own.put_after(&mut out);
    *bytes = out.0;
}

impl Own<'_> {
    fn put_before(&self, out: &mut Out) {
        out.put(1, self.commitment);
        out.put(2, self.site.as_bytes());
        out.put(3, &self.server_time.0.to_be_bytes());
    }

    fn put_after(&self, out: &mut Out) {
        out.put(23, &self.valid_until.0.to_be_bytes());
    }
}

impl<C: AsRef<str>, S: AsRef<str>> Terms<'_, C, S> {
    fn put(&self, out: &mut Out) {
        out.put(4, &[self.late.into()]);
        out.put(5, self.attested_by.as_bytes());
        out.put(6, self.action.as_bytes());
        out.put(7, self.source.as_bytes());
        out.put(8, &[self.categories.len() as u8]);
        for (id, granted) in self.categories {
            out.put(9, id.as_ref().as_bytes());
            out.put(10, &[(*granted).into()]);
        }
        out.put(11, &[self.denied_services.len() as u8]);
        for id in self.denied_services {
            out.put(12, id.as_ref().as_bytes());
        }
        out.put(13, &signals_byte(self.signals.header));
        out.put(14, &signals_byte(self.signals.dom));
        out.put(15, &[self.signal_seen.into()]);
        out.put(16, &[self.overridden.into()]);
        out.put(17, self.jurisdiction.as_bytes());
        out.put(18, self.model.as_bytes());
        out.put(19, &self.policy_version.to_be_bytes());
        out.put(20, &self.policy_entry.to_be_bytes());
        out.put(21, self.policy_hash);
        out.put(22, self.language.as_bytes());
    }
}

/// A record's evidence from its canonical bytes.
pub fn parse_evidence(bytes: &[u8]) -> Result<Evidence, CanonicalError> {
    let mut fields = In::new(bytes, HEADER)?;
    let evidence = Evidence {
        commitment: fields.array(1)?,
        site: fields.word(2, SiteId::parse)?,
        server_time: UnixMillis(fields.number(3)?),
        late: fields.flag(4)?,
        attested_by: fields.word(5, AttestedBy::parse)?,
        action: fields.word(6, Action::parse)?,
        source: fields.word(7, Source::parse)?,
        categories: (0..fields.count(8)?)
            .map(|_| Ok((fields.word(9, CategoryId::parse)?, fields.flag(10)?)))
            .collect::<Result<Vec<_>, CanonicalError>>()?,
        denied_services: (0..fields.count(11)?)
            .map(|_| fields.word(12, ServiceId::parse))
            .collect::<Result<Vec<_>, CanonicalError>>()?,
        signals: SignalEvidence {
            header: parse_signals(fields.array(13)?).ok_or(CanonicalError::Value(13))?,
            dom: parse_signals(fields.array(14)?).ok_or(CanonicalError::Value(14))?,
        },
        signal_seen: fields.flag(15)?,
        overridden: fields.flag(16)?,
        jurisdiction: fields.word(17, Jurisdiction::parse)?,
        model: fields.word(18, Model::parse)?,
        policy_version: u32::from_be_bytes(fields.array(19)?),
        policy_entry: fields.number(20)?,
        policy_hash: fields.array(21)?,
        language: fields.word(22, |text| Some(String::from(text)))?,
        valid_until: UnixMillis(fields.number(23)?),
    };
    fields.end()?;
    Ok(evidence)
}

fn signals_byte(signals: Signals) -> [u8; 2] {
    let gpc = match signals.gpc {
        Gpc::Absent => 0,
        Gpc::Off => 1,
        Gpc::On => 2,
    };
    let dnt = match signals.dnt {
        Dnt::Unset => 0,
        Dnt::Allow => 1,
        Dnt::On => 2,
    };
    [gpc, dnt]
}

fn parse_signals([gpc, dnt]: [u8; 2]) -> Option<Signals> {
    let gpc = match gpc {
        0 => Gpc::Absent,
        1 => Gpc::Off,
        2 => Gpc::On,
        _ => return None,
    };
    let dnt = match dnt {
        0 => Dnt::Unset,
        1 => Dnt::Allow,
        2 => Dnt::On,
        _ => return None,
    };
    Some(Signals { gpc, dnt })
}
