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

/// The bytes of a record's evidence. Fields longer than 65,535 bytes cannot occur: lists are bounded by the policy.
pub fn serialize_evidence(evidence: &Evidence) -> Vec<u8> {
    let mut out = Out::new(HEADER);
    out.put(1, &evidence.commitment);
    out.put(2, evidence.site.as_str().as_bytes());
    out.put(3, &evidence.server_time.0.to_be_bytes());
    out.put(4, &[evidence.late.into()]);
    out.put(5, evidence.attested_by.as_str().as_bytes());
    out.put(6, evidence.action.as_str().as_bytes());
    out.put(7, evidence.source.as_str().as_bytes());
    out.put(8, &[evidence.categories.len() as u8]);
    for (id, granted) in &evidence.categories {
        out.put(9, id.as_str().as_bytes());
        out.put(10, &[(*granted).into()]);
    }
    out.put(11, &[evidence.denied_services.len() as u8]);
    for id in &evidence.denied_services {
        out.put(12, id.as_str().as_bytes());
    }
    out.put(13, &signals_byte(evidence.signals.header));
    out.put(14, &signals_byte(evidence.signals.dom));
    out.put(15, &[evidence.signal_seen.into()]);
    out.put(16, &[evidence.overridden.into()]);
    let mut place = String::with_capacity(7);
    // Writing into a string cannot fail.
    let _ = write!(place, "{}", evidence.jurisdiction);
    out.put(17, place.as_bytes());
    out.put(18, evidence.model.as_str().as_bytes());
    out.put(19, &evidence.policy_version.to_be_bytes());
    out.put(20, &evidence.policy_entry.to_be_bytes());
    out.put(21, &evidence.policy_hash);
    out.put(22, evidence.language.as_bytes());
    out.put(23, &evidence.valid_until.0.to_be_bytes());
    out.0
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
