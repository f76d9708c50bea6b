//! What consent means, and nothing else: categories, signals, jurisdictions, policy, decision, choice, record.
//!
//! In scope: every rule of who may do what, as pure functions of their arguments.
//! Out of scope: clocks, randomness, I/O, JSON, HTTP and the browser. Time and random bytes arrive as values, JSON is
//! spelled in `consentry-api`, and nothing here can fail other than by saying why.
//!
//! Reading order: [`category`] and [`signal`] are the vocabulary, [`jurisdiction`], [`law`] and [`policy`] the rules of a site,
//! [`decision`] applies them to a visitor, [`choice`] is what the browser remembers, [`record`] what the log keeps,
//! [`statement`] what the log says of itself.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod bytes;
pub mod category;
pub mod choice;
pub mod decision;
pub mod id;
pub mod jurisdiction;
pub mod law;
pub mod policy;
pub mod record;
pub mod signal;
pub mod statement;
pub mod time;
mod tlv;

pub use category::{CategoryId, Grants};
pub use choice::{Action, Choice, Source, parse_choice, serialize_choice};
pub use decision::{Decision, DecisionTable, Reason, Situation, decide};
pub use id::{RecordId, ServiceId, SiteId, SubjectId};
pub use jurisdiction::{Jurisdiction, Model};
pub use law::Rules;
pub use policy::{Policy, PolicyError, PolicyParts, Regime};
pub use record::{
    AttestedBy, Draft, DraftError, Evidence, Personal, Record, ReplayError, parse_evidence, parse_personal,
    serialize_evidence, serialize_personal,
};
pub use signal::{Dnt, Gpc, SignalEvidence, Signals};
pub use time::UnixMillis;
pub use tlv::CanonicalError;
