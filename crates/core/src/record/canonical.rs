//! The canonical bytes of a record: what is hashed into the log, the same on every machine and for ever.
//!
//! `consentry.record.v1` and a line feed, then every field in a fixed order, each as a one-byte tag, a big-endian 16-bit
//! length and the bytes. Integers are big-endian, words are those of the wire, a field that is empty is there with length 0.
//! There is exactly one spelling of a record: [`parse_record`] refuses what [`serialize_record`] would not write.

use alloc::string::String;
use alloc::vec::Vec;

use super::Record;
use crate::category::CategoryId;
use crate::choice::{Action, Source};
use crate::id::{RecordId, ServiceId, SiteId, SubjectId};
use crate::jurisdiction::{Jurisdiction, Model};
use crate::signal::{Dnt, Gpc, SignalEvidence, Signals};
use crate::time::UnixMillis;

const HEADER: &[u8] = b"consentry.record.v1\n";

/// Why bytes are not a canonical record: whoever made them is not this format's writer, and they must not be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CanonicalError {
    /// Not a record of this version.
    Header,
    /// The bytes end inside a field, or go on after the last.
    Length,
    /// A field is missing, doubled or out of order. Holds the tag expected.
    Order(u8),
    /// A field's value is none that this version writes. Holds its tag.
    Value(u8),
}

/// The bytes of a record. Fields longer than 65,535 bytes cannot occur: identifiers and lists are bounded by the policy.
pub fn serialize_record(record: &Record) -> Vec<u8> {
    let mut out = Out(HEADER.to_vec());
    out.put(1, record.id.as_bytes());
    out.put(2, record.subject.as_bytes());
    out.put(3, record.previous.as_ref().map_or(&[], |id| id.as_bytes().as_slice()));
    out.put(4, record.site.as_str().as_bytes());
    out.put(5, &record.server_time.0.to_be_bytes());
    out.put(6, record.action.as_str().as_bytes());
    out.put(7, record.source.as_str().as_bytes());
    out.put(8, &[record.categories.len() as u8]);
    for (id, granted) in &record.categories {
        out.put(9, id.as_str().as_bytes());
        out.put(10, &[(*granted).into()]);
    }
    out.put(11, &[record.denied_services.len() as u8]);
    for id in &record.denied_services {
        out.put(12, id.as_str().as_bytes());
    }
    out.put(13, &signals_byte(record.signals.header));
    out.put(14, &signals_byte(record.signals.dom));
    out.put(15, &[record.overridden.into()]);
    out.put(16, alloc::format!("{}", record.jurisdiction).as_bytes());
    out.put(17, record.model.as_str().as_bytes());
    out.put(18, &record.policy_version.to_be_bytes());
    out.put(19, &record.policy_hash);
    out.put(20, record.language.as_bytes());
    out.put(21, &record.valid_until.0.to_be_bytes());
    out.0
}

/// A record from its canonical bytes.
pub fn parse_record(bytes: &[u8]) -> Result<Record, CanonicalError> {
    let mut fields = In(bytes.strip_prefix(HEADER).ok_or(CanonicalError::Header)?);
    let id = RecordId::from_bytes(fields.array(1)?).ok_or(CanonicalError::Value(1))?;
    let subject = SubjectId::new(fields.array(2)?);
    let previous = match fields.take(3)? {
        [] => None,
        bytes => {
            let bytes = bytes.try_into().map_err(|_| CanonicalError::Value(3))?;
            Some(RecordId::from_bytes(bytes).ok_or(CanonicalError::Value(3))?)
        }
    };
    let site = fields.word(4, SiteId::parse)?;
    let server_time = UnixMillis(u64::from_be_bytes(fields.array(5)?));
    let action = fields.word(6, Action::parse)?;
    let source = fields.word(7, Source::parse)?;
    let categories = (0..fields.count(8)?)
        .map(|_| Ok((fields.word(9, CategoryId::parse)?, fields.flag(10)?)))
        .collect::<Result<Vec<_>, CanonicalError>>()?;
    let denied_services = (0..fields.count(11)?)
        .map(|_| fields.word(12, ServiceId::parse))
        .collect::<Result<Vec<_>, CanonicalError>>()?;
    let header = parse_signals(fields.array(13)?).ok_or(CanonicalError::Value(13))?;
    let dom = parse_signals(fields.array(14)?).ok_or(CanonicalError::Value(14))?;
    let overridden = fields.flag(15)?;
    let jurisdiction = fields.word(16, Jurisdiction::parse)?;
    let model = fields.word(17, Model::parse)?;
    let policy_version = u32::from_be_bytes(fields.array(18)?);
    let policy_hash = fields.array(19)?;
    let language = fields.word(20, |text| Some(String::from(text)))?;
    let valid_until = UnixMillis(u64::from_be_bytes(fields.array(21)?));
    if !fields.0.is_empty() {
        return Err(CanonicalError::Length);
    }
    Ok(Record {
        id,
        subject,
        previous,
        site,
        server_time,
        action,
        source,
        categories,
        denied_services,
        signals: SignalEvidence { header, dom },
        overridden,
        jurisdiction,
        model,
        policy_version,
        policy_hash,
        language,
        valid_until,
    })
}

struct Out(Vec<u8>);

impl Out {
    fn put(&mut self, tag: u8, bytes: &[u8]) {
        self.0.push(tag);
        self.0.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }
}

struct In<'a>(&'a [u8]);

impl<'a> In<'a> {
    fn take(&mut self, tag: u8) -> Result<&'a [u8], CanonicalError> {
        let [found, high, low, rest @ ..] = self.0 else { return Err(CanonicalError::Length) };
        if *found != tag {
            return Err(CanonicalError::Order(tag));
        }
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (field, rest) = rest.split_at_checked(length).ok_or(CanonicalError::Length)?;
        self.0 = rest;
        Ok(field)
    }

    fn array<const N: usize>(&mut self, tag: u8) -> Result<[u8; N], CanonicalError> {
        self.take(tag)?.try_into().map_err(|_| CanonicalError::Value(tag))
    }

    fn word<T>(&mut self, tag: u8, parse: impl Fn(&str) -> Option<T>) -> Result<T, CanonicalError> {
        let text = core::str::from_utf8(self.take(tag)?).map_err(|_| CanonicalError::Value(tag))?;
        parse(text).ok_or(CanonicalError::Value(tag))
    }

    fn count(&mut self, tag: u8) -> Result<u8, CanonicalError> {
        let [count] = self.array(tag)?;
        Ok(count)
    }

    fn flag(&mut self, tag: u8) -> Result<bool, CanonicalError> {
        match self.array(tag)? {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(CanonicalError::Value(tag)),
        }
    }
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
