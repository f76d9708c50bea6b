//! What the Worker and a site's Durable Object say to each other: one enum each way, one method, never public.

use serde::{Deserialize, Serialize};

/// A request to a site's object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum SiteCall {
    /// Store a checked policy as the next version, and say so in the log.
    Publish(NewPolicy),
    /// Be a part of a sharded log from now on.
    Open(LogSettings),
    /// Read a policy: this version, or the newest.
    Policy {
        /// The version, when a particular one is wanted.
        version: Option<u32>,
    },
    /// Append records; the answer comes when they are durable.
    Append {
        /// In the order they are to be logged.
        records: Vec<NewRecord>,
        /// Who sends them, as far as limits go.
        sender: Sender,
    },
    /// Read entries in log order.
    Page(PageRequest),
    /// Read one record by its identifier.
    Find {
        /// 32 hexadecimal digits.
        id: String,
    },
    /// Read several records by their identifiers; those that are not there are left out.
    FindAll {
        /// 32 hexadecimal digits each.
        ids: Vec<String>,
    },
    /// Is this record one of this visitor's? Counts against the limits like a record, so that nobody can try many.
    Owns {
        /// 32 hexadecimal digits.
        subject: String,
        /// 32 hexadecimal digits.
        id: String,
        /// Who asks, as far as limits go.
        sender: Sender,
    },
    /// Read a visitor's newest records, each with its receipt.
    Visitor {
        /// 32 hexadecimal digits.
        subject: String,
        /// How many at most.
        limit: u32,
    },
    /// The receipt of a record, as of now.
    Proof {
        /// 32 hexadecimal digits.
        id: String,
    },
    /// Erase the erasable part of records, a limited number at a time: whoever calls comes again until none was left.
    Erase {
        /// Which ones.
        whose: Whose,
        /// The visitor asked for it, not the operator.
        by_visitor: bool,
    },
    /// Prune what has been kept long enough, a limited number at a time. The object's alarm does the same.
    Retain,
    /// The signed checkpoint.
    Checkpoint,
    /// A tile of hashes.
    Tile {
        /// Its level.
        level: u8,
        /// Its index at that level.
        index: u64,
        /// How many hashes.
        width: u16,
    },
    /// A bundle of entries.
    Bundle {
        /// Its index.
        index: u64,
        /// How many entries.
        width: u16,
    },
    /// Size and root, for the part that commits to all others.
    Head,
    /// Commit to the heads of all other parts.
    Seal(Vec<PartHead>),
    /// The keys that signed this log, oldest first, with the entries that say so.
    Keys,
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

/// A policy on its way into the log.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewPolicy {
    /// The policy file as JSON, byte for byte as it was published.
    pub json: String,
    /// SHA-256 of the gate's code that goes with it.
    pub gate_hash: String,
    /// SHA-256 of the banner's code that goes with it.
    pub banner_hash: String,
    /// For each language, SHA-256 of its notice.
    pub texts: Vec<(String, String)>,
    /// The log it goes into.
    pub log: LogSettings,
}

/// What an object must know about its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSettings {
    /// The site.
    pub site: String,
    /// Which part of the site's log this is; 0 is the one that commits to the others.
    pub shard: u8,
    /// Its name for all time: the C2SP origin. The first one stays, later ones are ignored.
    pub origin: String,
    /// How long records are kept, in months.
    pub record_months: u16,
}

/// A record to append.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewRecord {
    /// 32 hexadecimal digits.
    pub id: String,
    /// 32 hexadecimal digits.
    pub subject: String,
    /// When the edge received it, in milliseconds.
    pub time: u64,
    /// The action's wire word.
    pub action: String,
    /// The canonical bytes of the evidence, in base64.
    pub evidence: String,
    /// The canonical bytes of the erasable part, in base64.
    pub personal: String,
}

/// Who sends records, as far as limits go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sender {
    /// A browser. Holds what stands for its network, truncated; counted against a rate, never stored.
    Browser(Option<String>),
    /// The operator, who may send as fast as they like.
    Operator,
}

/// Which records to erase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whose {
    /// All of this visitor's. 32 hexadecimal digits.
    Subject(String),
    /// This one. 32 hexadecimal digits.
    Record(String),
}

/// Which entries to read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PageRequest {
    /// Only entries at this position or later.
    pub start: u64,
    /// Only entries before this position: an export sees the log as it was when it began.
    pub end: Option<u64>,
    /// Received at this time or later, in milliseconds.
    pub from: Option<u64>,
    /// Received before this time, in milliseconds.
    pub to: Option<u64>,
    /// Only records with this action.
    pub action: Option<String>,
    /// How many at most.
    pub limit: u32,
}

/// A stored entry: its position, its kind's number, its time in milliseconds, its bytes, its erasable part, its leaf hash. All
/// bytes in upper-case hexadecimal, empty where erased. A tuple, because exports carry a great many of them.
pub type StoredEntry = (u64, u8, u64, String, String, String);

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
    /// Where the log says so.
    pub entry: u64,
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
    /// The receipt to take home: a C2SP tlog-proof.
    pub proof: String,
}

/// The head of one part of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartHead {
    /// Its number.
    pub shard: u8,
    /// Its number of entries.
    pub size: u64,
    /// The root over them, 64 hexadecimal digits.
    pub root: String,
}

/// The numbers of a site.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
pub struct SiteStats {
    /// Records in the log.
    pub records: u64,
    /// Entries in the log: records and what the log says of itself.
    pub entries: u64,
    /// Root of the Merkle tree over them (RFC 6962 §2.1), 64 hexadecimal digits.
    pub root: String,
    /// Records by action; those whose time was over are counted as `redacted`.
    pub actions: Vec<(String, u64)>,
    /// The newest policy version, 0 when none.
    pub policy: u32,
}

/// The answer of a site's object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum SiteReply {
    /// A policy, if there is one.
    Policy(Option<StoredPolicy>),
    /// One entry per record of a browser, in order.
    Appended(Vec<Appended>),
    /// The position of each record of the operator, in order.
    Indexes(Vec<u64>),
    /// Entries, and where the next page starts, if there may be more.
    Page(Vec<StoredEntry>, Option<u64>),
    /// Records, newest first, each with its receipt.
    Proven(Vec<(StoredEntry, String)>),
    /// One record, if it is there.
    Found(Option<StoredEntry>),
    /// A text: a checkpoint.
    Text(String),
    /// Bytes in hexadecimal: a tile, a bundle.
    Bytes(String),
    /// There is no such thing, and there may be later.
    Absent,
    /// It was there and has been pruned.
    Gone,
    /// So many records lost their erasable part, or everything.
    Erased(u64),
    /// Size and root.
    Head(PartHead),
    /// Verifier keys, oldest first, and the entries in hexadecimal that lead from each to the next.
    Keys(Vec<String>, Vec<String>),
    /// Yes or no.
    Flag(bool),
    /// Numbers.
    Stats(SiteStats),
    /// Too much from this sender; try again after so many seconds.
    Busy(u32),
    /// Too much waits already; try again after so many seconds.
    Full(u32),
    /// The clock that stamped it is behind the log's newest entry, which has this time in milliseconds. Nothing was stored.
    Behind(u64),
    /// The log has no key to sign with, or not the one it was signed with so far. Nothing was stored.
    NoKey(String),
    /// The storage failed. Nothing was acknowledged.
    Failed(String),
}
