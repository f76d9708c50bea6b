//! What the Worker and a site's Durable Object say to each other: one enum each way, one route, never public.

use serde::{Deserialize, Serialize};

/// A request to a site's object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum SiteCall {
    /// Store a checked policy as the next version.
    Publish {
        /// The policy file as JSON, byte for byte as it was published.
        json: String,
        /// SHA-256 of the gate's code that goes with it.
        gate_hash: String,
        /// SHA-256 of the banner's code that goes with it.
        banner_hash: String,
    },
    /// Read a policy: this version, or the newest.
    Policy {
        /// The version, when a particular one is wanted.
        version: Option<u32>,
    },
    /// Append records; the answer comes when they are durable.
    Append {
        /// In the order they are to be logged.
        records: Vec<NewRecord>,
        /// Stands for the client's network, keyed and truncated; counted against a rate, never stored.
        client: Option<String>,
    },
    /// Read records in log order.
    Page(PageRequest),
    /// Read one record by its identifier.
    Find {
        /// 32 hexadecimal digits.
        id: String,
    },
    /// Store the hash of a new token.
    TokenCreate(TokenRow),
    /// Is this token good now?
    TokenCheck {
        /// The token's identifier.
        id: String,
        /// SHA-256 of the presented secret.
        hash: String,
    },
    /// Make a token useless.
    TokenRevoke {
        /// The token's identifier.
        id: String,
    },
    /// Count what is there.
    Stats,
}

/// A record to append.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewRecord {
    /// 32 hexadecimal digits.
    pub id: String,
    /// When the edge received it, in milliseconds.
    pub time: u64,
    /// The action's wire word.
    pub action: String,
    /// The canonical bytes, in hexadecimal.
    pub bytes: String,
}

/// Which records to read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PageRequest {
    /// Only records at this position or later.
    pub start: u64,
    /// Only records before this position: an export sees the log as it was when it began.
    pub end: Option<u64>,
    /// Received at this time or later, in milliseconds.
    pub from: Option<u64>,
    /// Received before this time, in milliseconds.
    pub to: Option<u64>,
    /// Only this action.
    pub action: Option<String>,
    /// How many at most.
    pub limit: u32,
}

/// A stored record.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct StoredRecord {
    /// Its position in the log.
    pub index: u64,
    /// The canonical bytes, in hexadecimal.
    pub bytes: String,
    /// Its leaf hash, 64 hexadecimal digits.
    pub leaf_hash: String,
}

/// A stored token; the secret itself is nowhere.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct TokenRow {
    /// Names it.
    pub id: String,
    /// Whose it is.
    pub name: String,
    /// SHA-256 of the secret, 64 hexadecimal digits.
    pub hash: String,
    /// When it stops working, in milliseconds.
    pub expires: u64,
}

/// A published policy.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct StoredPolicy {
    /// Its version, counted from 1.
    pub version: u32,
    /// SHA-256 of `json`, 64 hexadecimal digits.
    pub hash: String,
    /// The policy file as published.
    pub json: String,
    /// When, in milliseconds.
    pub published: u64,
}

/// How far an append got.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct Appended {
    /// The record's identifier.
    pub id: String,
    /// Its position in the log.
    pub index: u64,
    /// Its leaf hash, 64 hexadecimal digits.
    pub leaf_hash: String,
    /// The time in the stored record, in milliseconds: of the first arrival, when it came twice.
    pub time: u64,
    /// False when it was there already.
    pub new: bool,
}

/// The numbers of a site.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
pub struct SiteStats {
    /// Records in the log.
    pub records: u64,
    /// Root of the Merkle tree over them (RFC 6962 §2.1), 64 hexadecimal digits.
    pub root: String,
    /// Records by action.
    pub actions: Vec<(String, u64)>,
    /// The newest policy version, 0 when none.
    pub policy: u32,
}

/// The answer of a site's object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum SiteReply {
    /// A policy, if there is one.
    Policy(Option<StoredPolicy>),
    /// One entry per record, in order.
    Appended(Vec<Appended>),
    /// Records, and where the next page starts, if there may be more.
    Page(Vec<StoredRecord>, Option<u64>),
    /// One record, if it is there.
    Found(Option<StoredRecord>),
    /// Yes or no.
    Flag(bool),
    /// Numbers.
    Stats(SiteStats),
    /// Too much at once; try again after so many seconds.
    Busy(u32),
    /// The storage failed. Nothing was acknowledged.
    Failed(String),
}
