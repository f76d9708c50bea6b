//! One record: what its row must have, what it must hash to, and whether it can be what was decided.

use consentry_api::export::ExportRow;
use consentry_core::record::{Own, push_evidence, serialize_personal_over};
use consentry_core::{Personal, RecordId, SubjectId, UnixMillis};
use consentry_log::{Hash, Kind, leaf_hash};

use crate::decisions::Decision;
use crate::finding::Problem;
use crate::text;

/// What is a record's own in its row, in the row's words. What is missing is empty.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    pub redacted: &'a [u8],
    pub record_id: &'a [u8],
    pub subject_id: &'a [u8],
    pub previous: &'a [u8],
    pub site: &'a [u8],
    pub server_time: &'a [u8],
    pub client_time: &'a [u8],
    pub valid_until: &'a [u8],
    pub salt: &'a [u8],
    pub commitment: &'a [u8],
    pub leaf_hash: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Out of a row.
    pub fn of(row: &'a ExportRow<'_>) -> Self {
        Self {
            redacted: row.redacted.as_bytes(),
            record_id: row.record_id.as_bytes(),
            subject_id: row.subject_id.as_bytes(),
            previous: row.previous_record_id.as_bytes(),
            site: row.site_id.as_bytes(),
            server_time: row.server_time.as_bytes(),
            client_time: row.client_time.as_bytes(),
            valid_until: row.valid_until.as_bytes(),
            salt: row.salt.as_bytes(),
            commitment: row.commitment.as_bytes(),
            leaf_hash: row.leaf_hash.as_bytes(),
        }
    }
}

/// What is missing in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redacted {
    /// Nothing.
    No,
    /// Who decided, for everybody.
    Erasure,
    /// Who decided, for this auditor.
    Withheld,
}

/// A record's own fields, read.
#[derive(Debug)]
pub struct Record {
    pub redacted: Redacted,
    pub personal: Option<Personal>,
    pub commitment: [u8; 32],
    pub server_time: UnixMillis,
    pub valid_until: UnixMillis,
    pub leaf: Hash,
}

/// Memory that is used again for every record.
#[derive(Debug, Default)]
pub struct Buffers {
    personal: Vec<u8>,
    entry: Vec<u8>,
}

impl Record {
    /// Reads the fields.
    pub fn read(fields: &Fields<'_>, buffers: &mut Buffers) -> Result<Self, Problem> {
        let field = Problem::Field;
        let redacted = match fields.redacted {
            b"" => Redacted::No,
            b"erasure" => Redacted::Erasure,
            b"withheld" => Redacted::Withheld,
            _ => return Err(field("redacted")),
        };
        let leaf = Hash::new(text::hex(fields.leaf_hash).ok_or(field("leaf_hash"))?);
        let server_time = text::time(fields.server_time).ok_or(field("server_time"))?;
        let valid_until = text::time(fields.valid_until).ok_or(field("valid_until"))?;
        let (personal, commitment) = if redacted == Redacted::No {
            let personal = personal(fields)?;
            buffers.personal = serialize_personal_over(std::mem::take(&mut buffers.personal), &personal);
            (Some(personal), consentry_core::record::commitment(&buffers.personal))
        } else {
            (None, commitment(fields)?)
        };
        Ok(Self { redacted, personal, commitment, server_time, valid_until, leaf })
    }

    /// The fields as they go into the evidence.
    pub fn own<'r>(&'r self, site: &'r str) -> Own<'r> {
        Own {
            commitment: &self.commitment,
            site,
            server_time: self.server_time,
            valid_until: self.valid_until,
        }
    }

    /// Hashes the record with its decision, and decides again.
    pub fn check(&self, site: &str, decision: &Decision, buffers: &mut Buffers) -> Result<(), Problem> {
        let entry = &mut buffers.entry;
        entry.clear();
        entry.extend_from_slice(&[consentry_log::entry::VERSION, Kind::Record.number()]);
        push_evidence(entry, &self.own(site), &decision.terms);
        if leaf_hash(entry) != self.leaf {
            return Err(Problem::LeafHash);
        }
        if let Some(problem) = &decision.problem {
            return Err(problem.clone());
        }
        if let Some(days) = decision.holds
            && !days.map(|days| self.server_time.plus_days(days)).contains(&self.valid_until)
        {
            return Err(Problem::Decision(consentry_core::ReplayError::ValidUntil));
        }
        match &self.personal {
            Some(personal) => personal.replay(self.server_time, decision.late).map_err(Problem::Decision),
            None => Ok(()),
        }
    }
}

fn personal(fields: &Fields<'_>) -> Result<Personal, Problem> {
    let field = Problem::Field;
    let id = |text, name| text::uuid(text).and_then(RecordId::from_bytes).ok_or(field(name));
    let personal = Personal {
        salt: text::hex(fields.salt).ok_or(field("salt"))?,
        id: id(fields.record_id, "record_id")?,
        subject: SubjectId::new(text::hex(fields.subject_id).ok_or(field("subject_id"))?),
        previous: match fields.previous {
            b"" => None,
            previous => Some(id(previous, "previous_record_id")?),
        },
    };
    if !fields.commitment.is_empty() {
        return Err(field("commitment"));
    }
    let client_time = text::time(fields.client_time).ok_or(field("client_time"))?;
    if client_time == personal.id.client_time() { Ok(personal) } else { Err(Problem::ClientTime) }
}

/// That of a record whose personal part is gone, and really is.
fn commitment(fields: &Fields<'_>) -> Result<[u8; 32], Problem> {
    let gone = [
        ("record_id", fields.record_id),
        ("subject_id", fields.subject_id),
        ("previous_record_id", fields.previous),
        ("client_time", fields.client_time),
        ("salt", fields.salt),
    ];
    match gone.into_iter().find(|(_, text)| !text.is_empty()) {
        Some((name, _)) => Err(Problem::Field(name)),
        None => text::hex(fields.commitment).ok_or(Problem::Field("commitment")),
    }
}

/// The first field of a row that only records with all of their evidence have.
pub fn first_of_evidence(row: &ExportRow<'_>) -> Option<&'static str> {
    let words = [
        ("record_id", &row.record_id),
        ("subject_id", &row.subject_id),
        ("previous_record_id", &row.previous_record_id),
        ("site_id", &row.site_id),
        ("client_time", &row.client_time),
        ("attested_by", &row.attested_by),
        ("action", &row.action),
        ("source", &row.source),
        ("gpc_header", &row.gpc_header),
        ("gpc_dom", &row.gpc_dom),
        ("dnt_header", &row.dnt_header),
        ("dnt_dom", &row.dnt_dom),
        ("jurisdiction", &row.jurisdiction),
        ("model", &row.model),
        ("policy_hash", &row.policy_hash),
        ("language", &row.language),
        ("valid_until", &row.valid_until),
        ("salt", &row.salt),
        ("commitment", &row.commitment),
    ];
    let others = [
        ("late", row.late.is_some()),
        ("categories", !row.categories.is_empty()),
        ("denied_services", !row.denied_services.is_empty()),
        ("signal_seen", row.signal_seen.is_some()),
        ("overridden", row.overridden.is_some()),
        ("policy_version", row.policy_version.is_some()),
        ("policy_entry", row.policy_entry.is_some()),
    ];
    let words = words.into_iter().map(|(name, word)| (name, !word.is_empty()));
    words.chain(others).find(|(_, there)| *there).map(|(name, _)| name)
}
