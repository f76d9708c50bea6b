//! What the Worker and a site's Durable Object say to each other: one enum each way, one method, never public.

use serde::{Deserialize, Serialize};

use crate::token::{Fields, Format};

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
    /// Append records; the answer comes when they are durable. The one call with a form of its own: [`serialize_records`].
    Append(NewRecords),
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
    /// Is this good now, and for this? If it is, note the use.
    TokenUse {
        /// What was presented.
        credential: Credential,
        /// What for.
        wanted: Wanted,
    },
    /// Make a token useless, and every link made with it.
    TokenRevoke {
        /// The token's identifier.
        id: String,
    },
    /// All tokens, newest first.
    Tokens,
    /// What a token was used for, newest first.
    TokenUses {
        /// The token's identifier.
        id: String,
        /// Only uses before this one, counted from 1.
        before: Option<u64>,
        /// How many at most.
        limit: u32,
    },
    /// Make a link, if the token is good for what the link would show. Making it is a use of the token.
    Link(NewLink),
    /// Count what is there.
    Stats(TimeRange),
    /// Count something that leaves no record.
    Count(Seen),
    /// Count the records that are not counted yet, a limited number at a time: whoever calls comes again while there are more.
    /// The object's alarm does the same.
    CountUp,
    /// Read what was counted.
    Counts(CountRequest),
}

/// Something that happened to the banner and leaves no record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// The event's wire word.
    pub event: String,
    /// Where the edge saw it.
    pub jurisdiction: String,
    /// The language, with the variant of its texts.
    pub language: String,
    /// Who reports it, as far as limits go.
    pub sender: Sender,
}

/// What numbers are kept by: the day (since 1970, UTC), the jurisdiction, the language with the variant of its texts, the event.
pub type CountKey = (u64, String, String, String);

/// Which numbers to read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CountRequest {
    /// From this day on.
    pub from: u64,
    /// Before this day.
    pub to: u64,
    /// After this one: the last of the page before.
    pub after: Option<CountKey>,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRecord {
    /// The record's identifier.
    pub id: [u8; 16],
    /// The visitor's.
    pub subject: [u8; 16],
    /// When the edge received it, in milliseconds.
    pub time: u64,
    /// The action's wire word.
    pub action: String,
    /// The canonical bytes of the evidence.
    #[serde(with = "serde_bytes")]
    pub evidence: Vec<u8>,
    /// The canonical bytes of the erasable part.
    #[serde(with = "serde_bytes")]
    pub personal: Vec<u8>,
}

/// The records of one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRecords {
    /// In the order they are to be logged.
    pub records: Vec<NewRecord>,
    /// Who sends them, as far as limits go.
    pub sender: Sender,
}

/// Records as they travel to the object: nearly every call is one of these, and in JSON their bytes would have to be spelled
/// in letters, twice.
pub fn serialize_records(records: &NewRecords) -> Vec<u8> {
    // Writing to memory cannot fail; nothing is not a form of records, so it would be refused, never misread.
    postcard::to_allocvec(records).unwrap_or_default()
}

/// Reads them; `None` for anything that [`serialize_records`] did not write.
pub fn parse_records(bytes: &[u8]) -> Option<NewRecords> {
    postcard::take_from_bytes(bytes).ok().filter(|(_, rest)| rest.is_empty()).map(|(records, _)| records)
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
    /// Only records received at this time or later, in milliseconds. What the log says of itself comes whatever its time.
    pub from: Option<u64>,
    /// Only records received before this time, in milliseconds.
    pub to: Option<u64>,
    /// Only records with this action.
    pub action: Option<String>,
    /// How many at most.
    pub limit: u32,
}

/// A stored entry: its position, its kind's number, its time in milliseconds, its bytes, its erasable part, its leaf hash. All
/// bytes in upper-case hexadecimal, empty where erased. A tuple, because exports carry a great many of them.
pub type StoredEntry = (u64, u8, u64, String, String, String);

/// A stretch of time, in milliseconds. Without bounds: all of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeRange {
    /// From this time on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    /// Before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<u64>,
}

impl TimeRange {
    /// Everything.
    pub const ALL: Self = Self { from: None, to: None };

    /// Whether all of the other range is in this one.
    pub fn contains(&self, other: &Self) -> bool {
        let from = self.from.is_none_or(|from| other.from.is_some_and(|asked| asked >= from));
        from && self.to.is_none_or(|to| other.to.is_some_and(|asked| asked <= to))
    }
}

/// What a token allows, of the one site whose object keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// Only records received in it.
    pub records: TimeRange,
    /// Which fields of a record.
    pub fields: Fields,
    /// The formats they may leave in.
    pub formats: Vec<Format>,
}

impl Default for Scope {
    /// Everything of the site.
    fn default() -> Self {
        Self { records: TimeRange::ALL, fields: Fields::All, formats: Format::ALL.into() }
    }
}

/// A token on its way into the table; the secret itself is nowhere.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct TokenRow {
    /// Names it.
    pub id: String,
    /// Whose it is.
    pub name: String,
    /// SHA-256 of the secret, 64 hexadecimal digits.
    pub hash: String,
    /// When it was made, in milliseconds.
    pub created: u64,
    /// When it stops working, in milliseconds.
    pub expires: u64,
    /// What it allows.
    pub scope: Scope,
}

/// What somebody presents to be let in.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub enum Credential {
    /// A token.
    Token {
        /// The token's identifier.
        id: String,
        /// SHA-256 of the presented secret, 64 hexadecimal digits.
        hash: String,
    },
    /// A link that was made with one.
    Link {
        /// The token's identifier.
        id: String,
        /// What the link is for: exactly this path …
        path: String,
        /// … and this query, but for the part that makes it a link.
        query: String,
        /// When it stops working, in milliseconds.
        expires: u64,
        /// HMAC-SHA-256 over all of that, 64 hexadecimal digits.
        mac: String,
    },
}

/// What a request is about to read, as a scope speaks of it and as it is noted.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct Wanted {
    /// The path.
    pub path: String,
    /// The filters, percent-encoded. Only what was understood: somebody may have put a secret into the query.
    pub filters: String,
    /// The format, where entries are read.
    pub format: Option<Format>,
    /// When the records that it can show were received; `None` when it shows none.
    pub records: Option<TimeRange>,
    /// It is nothing without the visitor's part: the receipt of a record.
    pub personal: bool,
}

/// A link to make.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct NewLink {
    /// Whose it will be. A link makes no links.
    pub credential: Credential,
    /// What the link will show, noted as what was asked for now.
    pub wanted: Wanted,
    /// The path that it is for.
    pub path: String,
    /// The query that it is for.
    pub query: String,
    /// How long it works, in minutes.
    pub minutes: u32,
    /// 32 fresh random bytes in hexadecimal: the object's key, if it has none yet.
    pub key: String,
}

/// What comes of presenting something.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub enum Access {
    /// It is good; its use is noted.
    Granted(Scope),
    /// It is good, but not for that. This is what it allows.
    Outside(Scope),
    /// Unknown, expired, revoked or forged. Which of them is not told.
    Refused,
}

/// A token as it stands.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct TokenState {
    /// Names it.
    pub id: String,
    /// Whose it is.
    pub name: String,
    /// What it allows.
    pub scope: Scope,
    /// When it was made, in milliseconds.
    pub created: u64,
    /// When it stops working, in milliseconds.
    pub expires: u64,
    /// It opens nothing any more.
    pub revoked: bool,
    /// How often it was used.
    pub uses: u64,
    /// When it was last used, in milliseconds.
    pub last_used: Option<u64>,
}

/// One use of a token as it was noted.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct UseRow {
    /// Which use of its token, counted from 1.
    pub nth: u64,
    /// When, in milliseconds.
    pub time: u64,
    /// The path.
    pub path: String,
    /// The filters, percent-encoded.
    pub filters: String,
    /// The format, where entries were read.
    pub format: Option<Format>,
    /// A link was used, not the token.
    pub link: bool,
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

/// The numbers of a site's log.
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
    /// Whether somebody is let in.
    Access(Access),
    /// Tokens, newest first.
    Tokens(Vec<TokenState>),
    /// How often a token was used, and some of these times, newest first.
    Uses(u64, Vec<UseRow>),
    /// What makes an address a link: when it stops working, in milliseconds, and the code over it, 64 hexadecimal digits.
    Link(u64, String),
    /// Numbers.
    Stats(SiteStats),
    /// What was counted, in the order of the keys, and whether there may be more.
    Counts(Vec<(CountKey, u64)>, bool),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_cut_or_continued_anywhere_are_none() {
        let record = |nth: u8| NewRecord {
            id: [nth; 16],
            subject: [7; 16],
            time: 1_750_000_000_000,
            action: "save".into(),
            evidence: vec![nth; 300],
            personal: vec![0, b'\n', 255],
        };
        for sender in [Sender::Operator, Sender::Browser(None), Sender::Browser(Some("192.0.2".into()))] {
            let records = NewRecords { records: vec![record(1), record(2)], sender };
            let bytes = serialize_records(&records);
            assert_eq!(parse_records(&bytes), Some(records));
            assert!((0..bytes.len()).all(|length| parse_records(&bytes[..length]).is_none()));
            assert_eq!(parse_records(&[bytes.as_slice(), &[0]].concat()), None);
        }
    }
}
