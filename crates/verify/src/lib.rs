//! What an auditor checks, as pure functions: exported rows, receipts, the growth of a log.
//!
//! # In scope
//!
//! [`Plan`] checks a snapshot, [`Worker`]s check rows one by one, [`Verifier`] puts together in order what they learnt, and
//! [`Report`] says what came of it. For a whole export:
//!
//! - Each record hashes to its leaf, from its own words; its salt and identifiers to what it commits to.
//! - The leaves of each part hash to the root that the log signed, with a key that the auditor trusts or one that such a key
//!   vouched for. Part 0 commits to the other parts, and each of them had those very trees.
//! - Each decision is made again by the rules of the policy it names. That policy was published before it, in part 0, and its
//!   text hashes to what was published.
//! - Times are in order, but for the minute that clocks may differ.
//! - What is missing in a row was erased by an entry that says so, or pruned when the policy's time was over; and what an entry
//!   says is erased is not there any more.
//! - No identifier comes twice within [`WINDOW`] records. The log's storage keeps identifiers unique for good, but in memory that
//!   does not grow nobody can check more than that; a record copied further away is a record more, not one less.
//!
//! Of a part of the log (an export with filters) only the rows themselves can be checked: [`Report::complete`] is false.
//!
//! [`receipt`] checks the proof that a visitor took home, [`growth`] that a log only grew.
//!
//! # Out of scope
//!
//! Files, networks, threads, clocks. What a log never held: nobody can find a record that was not logged. Who a visitor was.
//!
//! # Memory
//!
//! Does not grow with the number of records. It grows with the different decisions (16,384 are kept at most), with what was
//! erased (16 bytes a range), and with what the log says of itself (64 bytes for each time that part 0 commits to another part).
//!
//! # Reading order
//!
//! [`finding`] for what can be wrong, [`plan`] and [`keys`] for what rows are held to, [`worker`], `record` and `decisions`
//! for a row, [`verifier`] and `part` for all of them, `redactions` for what is not there.

#![forbid(unsafe_code)]

pub mod batch;
mod decisions;
pub mod finding;
pub mod growth;
mod heads;
mod ids;
pub mod keys;
pub mod manifest;
mod ndjson;
mod part;
pub mod plan;
mod publications;
pub mod receipt;
mod record;
mod redactions;
pub mod report;
mod statement;
mod text;
pub mod verifier;
pub mod worker;

pub use batch::{Batch, Counts};
pub use finding::{Finding, Place, Problem};
pub use growth::{Growth, growth_tiles, judge};
pub use ids::WINDOW;
pub use keys::{KeyChain, KeyProblem};
pub use manifest::{FileFacts, check_manifest};
pub use plan::Plan;
pub use receipt::{ReceiptError, VerifiedReceipt, verify_proof, verify_receipt};
pub use report::{PartReport, Report, Verdict};
pub use verifier::Verifier;
pub use worker::Worker;
