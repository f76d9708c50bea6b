//! What can be wrong with a log or an export of it, where, and what follows from it.

use std::fmt;

use consentry_api::time::serialize_time;
use consentry_core::record::{DraftError, ReplayError};
use consentry_core::{CanonicalError, UnixMillis};
use consentry_log::CheckpointError;

use crate::keys::KeyProblem;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What.
    pub problem: Problem,
}

/// Where something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the manifest beside the file.
    Manifest,
    /// In the snapshot: what the log said of itself when it was exported.
    Snapshot,
    /// In this version of the policy, as the snapshot has it.
    Policy(u32),
    /// In this part of the log as a whole.
    Part(u8),
    /// In this row.
    Row {
        /// Which, from 1; a header is no row.
        number: u64,
        /// The part of the log it says to be from.
        part: u8,
        /// Its position there.
        index: u64,
    },
    /// In a row that cannot be read. Which, from 1.
    Line(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manifest => out.write_str("manifest"),
            Self::Snapshot => out.write_str("snapshot"),
            Self::Policy(version) => write!(out, "policy version {version}"),
            Self::Part(part) => write!(out, "part {part} of the log"),
            Self::Row { number, part, index } => write!(out, "row {number} (part {part}, entry {index})"),
            Self::Line(number) => write!(out, "row {number}"),
        }
    }
}

/// What is wrong. [`Self::consequence`] says what follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No row of an export. Holds why.
    Unreadable(String),
    /// A field is missing, should not be there, or has a value that no exported row has. Holds its name.
    Field(&'static str),
    /// Its words are none that a record can be made of.
    Words(CanonicalError),
    /// It hashes to something else than its `leaf_hash`.
    LeafHash,
    /// Its `client_time` is not the one in its identifier.
    ClientTime,
    /// The policy it names does not allow it.
    Decision(ReplayError),
    /// It names a policy version that was never published, by the snapshot.
    PolicyUnknown(u32),
    /// It names a policy that was published after it. Holds where.
    PolicyLater(u64),
    /// Entries before it are not there. Holds the first of them.
    Missing(u64),
    /// It was there before, or comes before its turn. Holds the entry that should have come.
    Disordered(u64),
    /// Beyond the size that was signed.
    Beyond(u64),
    /// Received more than a minute before an earlier entry. Holds when that was.
    Clock(UnixMillis),
    /// Another record has the same identifier.
    SameId,
    /// Something is missing in it, and no entry of the log says that it was erased.
    Unexplained,
    /// A redaction that names an entry which is not redacted. Holds it.
    StillShown(u64),
    /// A redaction that names entries after itself.
    RedactsLater,
    /// Pruned earlier than the policy in force allowed.
    PrunedEarly,
    /// The entry of a statement is none, or its row says something else than the entry.
    Statement(String),
    /// A publication that the snapshot tells otherwise.
    Publication,
    /// A change of keys that nobody can follow.
    Key(KeyProblem),
    /// It commits to another tree of a part than that part has. Holds part and size.
    PartHead(u8, u64),
    /// The checkpoint is not to be believed.
    Checkpoint(CheckpointError),
    /// The checkpoint is of another size than the snapshot says. Holds the size that was signed.
    CheckpointSize(u64),
    /// The checkpoint is signed only by a key that had been replaced.
    OldKey,
    /// All rows are there, and they do not hash to the root that was signed.
    Root,
    /// The rows end too early. Holds how many there are and how many there must be.
    Short(u64, u64),
    /// There is no such part, though a policy says so or the log commits to it.
    PartMissing,
    /// The snapshot is of another site, or has an order it cannot have. Holds the field.
    Snapshot(&'static str),
    /// The policy does not hash to what the snapshot says.
    PolicyHash,
    /// This version of the rules cannot read the policy. Holds why.
    PolicyRules(String),
    /// No entry of the log says that the policy was published.
    PolicyUnlogged,
    /// The manifest says something else than what is there. Holds the field.
    Manifest(&'static str),
    /// The log that is served to everybody is another one. Holds what shows it.
    Public(String),
}

impl Problem {
    /// A stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::Field(_) => "field",
            Self::Words(_) => "words",
            Self::LeafHash => "leaf-hash",
            Self::ClientTime => "client-time",
            Self::Decision(_) => "decision",
            Self::PolicyUnknown(_) => "policy-unknown",
            Self::PolicyLater(_) => "policy-later",
            Self::Missing(_) => "missing",
            Self::Disordered(_) => "disordered",
            Self::Beyond(_) => "beyond",
            Self::Clock(_) => "clock",
            Self::SameId => "same-id",
            Self::Unexplained => "unexplained",
            Self::StillShown(_) => "still-shown",
            Self::RedactsLater => "redacts-later",
            Self::PrunedEarly => "pruned-early",
            Self::Statement(_) => "statement",
            Self::Publication => "publication",
            Self::Key(_) => "key",
            Self::PartHead(..) => "part-head",
            Self::Checkpoint(_) => "checkpoint",
            Self::CheckpointSize(_) => "checkpoint-size",
            Self::OldKey => "old-key",
            Self::Root => "root",
            Self::Short(..) => "short",
            Self::PartMissing => "part-missing",
            Self::Snapshot(_) => "snapshot",
            Self::PolicyHash => "policy-hash",
            Self::PolicyRules(_) => "policy-rules",
            Self::PolicyUnlogged => "policy-unlogged",
            Self::Manifest(_) => "manifest",
            Self::Public(_) => "public",
        }
    }

    /// What follows from it, for somebody who must decide what to do.
    pub const fn consequence(&self) -> &'static str {
        match self {
            Self::Unreadable(_) | Self::Field(_) | Self::Words(_) => "nothing in this row can be relied on",
            Self::LeafHash => "a field of this row, or its hash, was changed after it was logged",
            Self::ClientTime => "the field was changed; the time in record_id is the one that is hashed",
            Self::Decision(ReplayError::Policy) => {
                "the row or the policy in the snapshot is not as it was logged: it cannot be told what was agreed to"
            }
            Self::Decision(_) => {
                "whoever logged it did not run the rules of its policy: it is no valid consent"
            }
            Self::PolicyUnknown(_) => "nobody can say what was agreed to",
            Self::PolicyLater(_) => "nobody can have decided under it at that time",
            Self::Missing(_) => "entries were left out: the rows are not the whole log",
            Self::Disordered(_) => {
                "rows were swapped, repeated or put in: they are not the log as it was written"
            }
            Self::Beyond(_) => "nobody signed for this row",
            Self::Clock(_) => "the log's times do not tell the order of things here",
            Self::SameId => "one decision is counted twice",
            Self::Unexplained => {
                "it was removed without saying so, or erased while the export ran: export again to see"
            }
            Self::StillShown(_) => "somebody was told that their data is erased, and it is not",
            Self::RedactsLater => "it announces an erasure in advance; the log does not do that",
            Self::PrunedEarly => "evidence was deleted that had to be kept",
            Self::Statement(_) => "what the log says of itself here cannot be relied on",
            Self::Publication => "the policy in the snapshot is not the one that was published",
            Self::Key(KeyProblem::Untrusted { .. }) => {
                "it is another log, or the key was mistyped: compare the two with what the operator told you"
            }
            Self::Key(_) => "signatures after this change prove nothing to you",
            Self::PartHead(..) => "that part was rewritten after this entry",
            Self::Checkpoint(_) => "nothing signed by the log stands behind these rows",
            Self::CheckpointSize(_) => "snapshot and signature speak of different trees",
            Self::OldKey => "whoever holds the old key can have made it",
            Self::Root => {
                "at least one row is not as it was logged, and its hash was changed with it; verify against the \
                 live log (--site) to learn which"
            }
            Self::Short(..) => "rows were cut off: they are not the whole log",
            Self::PartMissing => "a whole part of the log is withheld",
            Self::Snapshot(_) => "the snapshot does not belong to these rows",
            Self::PolicyHash => "the text of the policy was changed",
            Self::PolicyRules(_) => "decisions under this version cannot be checked",
            Self::PolicyUnlogged => "nothing signed by the log says that it was ever shown to anybody",
            Self::Manifest(_) => "the file is not the one that was exported, or the manifest was changed",
            Self::Public(_) => "the operator shows you another log than everybody else",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(out, "not a row of an export: {why}"),
            Self::Field(name) => write!(out, "`{name}` is missing, out of place, or has a value no row has"),
            Self::Words(error) => write!(out, "no record has these words: {error}"),
            Self::LeafHash => out.write_str("it does not hash to its leaf_hash"),
            Self::ClientTime => out.write_str("`client_time` is not the time in record_id"),
            Self::Decision(error) => out.write_str(replay_words(error)),
            Self::PolicyUnknown(version) => write!(out, "there is no policy version {version}"),
            Self::PolicyLater(entry) => write!(out, "its policy was published later, in entry {entry}"),
            Self::Missing(first) => write!(out, "the entries from {first} on, up to this one, are not there"),
            Self::Disordered(expected) => write!(out, "entry {expected} should come here"),
            Self::Beyond(size) => write!(out, "the signed log has only {size} entries"),
            Self::Clock(newest) => {
                write!(
                    out,
                    "received more than a minute before an earlier entry, of {}",
                    serialize_time(*newest)
                )
            }
            Self::SameId => out.write_str("another record has the same record_id"),
            Self::Unexplained => out.write_str("redacted, and no entry of the log says so"),
            Self::StillShown(index) => write!(out, "a redaction of entry {index}, which is still shown"),
            Self::RedactsLater => out.write_str("a redaction of entries that come after it"),
            Self::PrunedEarly => out.write_str("records were pruned before their time was over"),
            Self::Statement(why) => write!(out, "not the statement it says to be: {why}"),
            Self::Publication => out.write_str("the snapshot has another policy for this publication"),
            Self::Key(error) => error.fmt(out),
            Self::PartHead(part, size) => {
                write!(out, "part {part} has not the tree of {size} entries that is committed to")
            }
            Self::Checkpoint(error) => error.fmt(out),
            Self::CheckpointSize(signed) => write!(out, "the checkpoint is of {signed} entries"),
            Self::OldKey => out.write_str("the checkpoint is not signed by the log's newest key"),
            Self::Root => out.write_str("the rows do not hash to the signed root"),
            Self::Short(found, size) => write!(out, "{found} of {size} entries are there"),
            Self::PartMissing => out.write_str("it is not in the snapshot"),
            Self::Snapshot(field) => write!(out, "`{field}` is not what it must be"),
            Self::PolicyHash => out.write_str("its text does not hash to its hash"),
            Self::PolicyRules(why) => write!(out, "these rules cannot read it: {why}"),
            Self::PolicyUnlogged => out.write_str("no entry of the log publishes it"),
            Self::Manifest(field) => write!(out, "`{field}` is not what the file has"),
            Self::Public(what) => out.write_str(what),
        }
    }
}

/// Why a decision does not follow, in words.
pub const fn replay_words(error: &ReplayError) -> &'static str {
    match error {
        ReplayError::Site => "it names another site than its policy",
        ReplayError::Policy => "version, hash and entry of its policy do not belong together",
        ReplayError::Model => "another model applies where the visitor was",
        ReplayError::ValidUntil => "it holds longer or shorter than its policy says",
        ReplayError::Late => "`late` is not what its times say",
        ReplayError::Commitment => "who decided is not whom it commits to",
        ReplayError::Decision(error) => match error {
            DraftError::Categories => "its categories are not those of its policy",
            DraftError::RequiredDenied => "it denies what cannot be denied",
            DraftError::Services => "it refuses services that it cannot refuse",
            DraftError::ActionMismatch => "its action and its categories contradict each other",
            DraftError::SourceMismatch => "its action cannot have come from its source",
            DraftError::SignalIgnored => {
                "it grants what a signal denied, or overrides a signal that was not there"
            }
            DraftError::Clock => "its client's clock cannot be right",
            DraftError::Language => "its language is none",
        },
    }
}
