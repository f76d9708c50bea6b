//! What runs inside a site's object: its SQL, its log, its tokens. Synchronous throughout.
//!
//! Invariants: there is one object per site, so there is one writer. No call awaits between reading and writing state.
//! An answer to [`SiteCall::Append`] is given only after the statement that stored the records has succeeded, and the
//! runtime holds it back until the storage is durable.

mod append;
mod counts;
mod database;
mod erase;
mod keys;
mod limit;
mod links;
mod log;
mod own;
mod publish;
mod retain;
mod schema;
mod settings;
mod tables;
mod tiles;
mod tokens;

use consentry_api::object::{Access, LogSettings, SiteCall, SiteReply, SiteStats};
use consentry_core::UnixMillis;
use consentry_core::statement::ShardHead;

pub use counts::COUNTED_AT_ONCE;
pub use database::{Database, DatabaseError, Value};
pub use erase::ERASED_AT_ONCE;
pub use limit::Limits;
pub use log::LogKeys;
pub use retain::{PRUNED_AT_ONCE, SEALED_EVERY};

use counts::Tally;
use limit::Limiter;
use log::{Log, LogError};

/// The JSON of a reply.
pub fn serialize_reply(reply: &SiteReply) -> String {
    serde_json::to_string(reply).unwrap_or_else(|_| "{\"Failed\":\"the answer could not be written\"}".into())
}

/// The object of one site, or of one part of a sharded site, over its database.
pub struct SiteObject<D> {
    database: D,
    keys: LogKeys,
    /// The log; `None` until opened, and again after a write that failed.
    log: Option<Log>,
    /// The heads that the newest sealing entry committed to; `None` until read from the log.
    sealed: Option<Vec<ShardHead>>,
    limiter: Limiter,
    /// Limits what pages report. Apart from that of records: many who look on must not keep one who decides from being recorded.
    reports: Limiter,
    /// Numbers that are not stored yet.
    tally: Tally,
    /// More records wait to be counted than one turn can count.
    uncounted: bool,
    /// The tables are there.
    ready: bool,
}

impl<D: Database> SiteObject<D> {
    /// The object, without touching its storage yet.
    pub fn new(database: D, limits: Limits, keys: LogKeys) -> Self {
        Self {
            database,
            keys,
            log: None,
            sealed: None,
            limiter: Limiter::new(limits),
            reports: Limiter::new(limits),
            tally: Tally::new(),
            uncounted: false,
            ready: false,
        }
    }

    /// Answers a call with the JSON of a [`SiteReply`]. A storage error becomes [`SiteReply::Failed`]: nothing was acknowledged.
    pub fn call(&mut self, call: SiteCall, now: UnixMillis) -> String {
        // Pages come out of the database as the JSON they are sent as.
        if let SiteCall::Page(request) = &call
            && let Ok(None) = self.prepare(&call)
        {
            return self.page(request).unwrap_or_else(|error| serialize_reply(&SiteReply::Failed(error.0)));
        }
        serialize_reply(&self.ask(call, now))
    }

    /// Answers a call. For who calls from inside the object, who has no use for pages.
    pub fn ask(&mut self, call: SiteCall, now: UnixMillis) -> SiteReply {
        let reply = match self.prepare(&call) {
            Err(error) => Err(error.into()),
            Ok(Some(reply)) => Ok(reply),
            Ok(None) => self.answer(call, now),
        };
        reply.unwrap_or_else(LogError::reply)
    }

    fn answer(&mut self, call: SiteCall, now: UnixMillis) -> Result<SiteReply, LogError> {
        Ok(match call {
            SiteCall::Publish(policy) => self.publish(&policy, now)?,
            SiteCall::Open(settings) => self.open(&settings, now)?,
            SiteCall::Policy { version } => SiteReply::Policy(self.policy(version)?),
            SiteCall::Append(records) => {
                self.append_all(vec![records], now).pop().unwrap_or(SiteReply::Appended(vec![]))
            }
            // Answered by `call`.
            SiteCall::Page(_) => SiteReply::Page(Vec::new(), None),
            SiteCall::Find { id } => SiteReply::Found(self.find(&id)?),
            SiteCall::FindAll { ids } => self.find_all(&ids)?,
            SiteCall::Owns { subject, id, sender } => self.owns(&subject, &id, &sender, now)?,
            SiteCall::Visitor { subject, limit } => self.visitor(&subject, limit, now)?,
            SiteCall::Proof { id } => self.receipt(&id, now)?,
            SiteCall::Erase { whose, by_visitor } => self.erase(&whose, by_visitor, now)?,
            SiteCall::Retain => self.retain(now)?,
            SiteCall::Checkpoint => SiteReply::Text(self.log(now)?.checkpoint.clone()),
            SiteCall::Tile { level, index, width } => self.tile((level, index, width), now)?,
            SiteCall::Bundle { index, width } => self.bundle((index, width), now)?,
            SiteCall::Head => self.head(now)?,
            SiteCall::Seal(heads) => self.seal(&heads, now)?,
            SiteCall::Keys => self.keys(now)?,
            SiteCall::TokenCreate(row) => self.create_token(&row)?,
            SiteCall::TokenUse { credential, wanted } => {
                SiteReply::Access(self.authorise(&credential, &wanted, now)?)
            }
            SiteCall::TokenRevoke { id } => self.revoke_token(&id)?,
            SiteCall::Tokens => self.tokens()?,
            SiteCall::TokenUses { id, before, limit } => self.token_uses(&id, before, limit)?,
            SiteCall::Link(link) => self.make_link(&link, now)?,
            SiteCall::Stats(range) => SiteReply::Stats(self.stats(range, now)?),
            SiteCall::Count(seen) => self.count(seen, now)?,
            SiteCall::CountUp => SiteReply::Flag(self.count_up()?),
            SiteCall::Counts(request) => self.counts(request)?,
        })
    }

    /// Makes the tables, or brings them up to date, but only for the operator: anybody can ask for a site by any name, and
    /// a name nobody published must leave nothing on the disk. Such a site's answers are given here.
    fn prepare(&mut self, call: &SiteCall) -> Result<Option<SiteReply>, DatabaseError> {
        if !self.ready {
            let operator =
                matches!(call, SiteCall::Publish(_) | SiteCall::Open(_) | SiteCall::TokenCreate(_));
            if !operator && !schema::exists(&self.database)? {
                return Ok(Some(match call {
                    SiteCall::Policy { .. } => SiteReply::Policy(None),
                    SiteCall::Find { .. } => SiteReply::Found(None),
                    SiteCall::Page(_) | SiteCall::FindAll { .. } => SiteReply::Page(Vec::new(), None),
                    SiteCall::Visitor { .. } => SiteReply::Proven(Vec::new()),
                    SiteCall::Stats(_) => SiteReply::Stats(SiteStats::default()),
                    SiteCall::TokenUse { .. } | SiteCall::Link(_) => SiteReply::Access(Access::Refused),
                    SiteCall::TokenRevoke { .. } | SiteCall::Owns { .. } | SiteCall::CountUp => {
                        SiteReply::Flag(false)
                    }
                    SiteCall::Counts(_) => SiteReply::Counts(Vec::new(), false),
                    SiteCall::Tokens => SiteReply::Tokens(Vec::new()),
                    SiteCall::Erase { .. } | SiteCall::Retain => SiteReply::Erased(0),
                    SiteCall::Append(_) => {
                        SiteReply::Failed("no policy was ever published for this site".into())
                    }
                    _ => SiteReply::Absent,
                }));
            }
            schema::migrate(&self.database)?;
            self.ready = true;
        }
        Ok(None)
    }

    /// What the operator last said about this log; `None` before the first policy.
    pub fn settings(&self) -> Option<LogSettings> {
        if !schema::exists(&self.database).ok()? {
            return None;
        }
        settings::read(&self.database).ok().flatten().map(|stored| stored.log)
    }
}
