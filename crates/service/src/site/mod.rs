//! What runs inside a site's object: its SQL, its log, its tokens. Synchronous throughout.
//!
//! Invariants: there is one object per site, so there is one writer. No call awaits between reading and writing state.
//! An answer to [`SiteCall::Append`] is given only after the statement that stored the records has succeeded, and the
//! runtime holds it back until the storage is durable.

mod append;
mod database;
mod limit;
mod schema;
mod tables;

use consentry_api::object::{SiteCall, SiteReply, SiteStats};
use consentry_core::UnixMillis;
use consentry_log::Frontier;

pub use database::{Database, DatabaseError, Value};
pub use limit::Limits;

use limit::Limiter;

/// The object of one site over its database.
pub struct SiteObject<D> {
    database: D,
    /// The tree's right edge; `None` until read, and again after a write that failed.
    frontier: Option<Frontier>,
    limiter: Limiter,
    /// The tables are there.
    ready: bool,
}

impl<D: Database> SiteObject<D> {
    /// The object, without touching its storage yet.
    pub fn new(database: D, limits: Limits) -> Self {
        Self { database, frontier: None, limiter: Limiter::new(limits), ready: false }
    }

    /// Answers a call. A storage error becomes [`SiteReply::Failed`]: nothing was acknowledged.
    pub fn call(&mut self, call: SiteCall, now: UnixMillis) -> SiteReply {
        match self.prepare(&call) {
            Err(error) => return SiteReply::Failed(error.0),
            Ok(Some(reply)) => return reply,
            Ok(None) => {}
        }
        let reply = match call {
            SiteCall::Publish { json, gate_hash, banner_hash } => {
                self.publish(&json, &gate_hash, &banner_hash, now)
            }
            SiteCall::Policy { version } => self.policy(version).map(SiteReply::Policy),
            SiteCall::Append { records, client } => {
                return self
                    .append_all(vec![Batch { records, client }], now)
                    .pop()
                    .unwrap_or(SiteReply::Appended(vec![]));
            }
            SiteCall::Page(request) => self.page(&request),
            SiteCall::Find { id } => self.find(&id).map(SiteReply::Found),
            SiteCall::TokenCreate(row) => self.create_token(&row),
            SiteCall::TokenCheck { id, hash } => self.check_token(&id, &hash, now),
            SiteCall::TokenRevoke { id } => self.revoke_token(&id),
            SiteCall::Stats => self.stats().map(SiteReply::Stats),
        };
        reply.unwrap_or_else(|error| SiteReply::Failed(error.0))
    }

    /// Makes the tables, or brings them up to date, but only for the operator: anybody can ask for a site by any name, and
    /// a name nobody published must leave nothing on the disk. Such a site's answers are given here.
    fn prepare(&mut self, call: &SiteCall) -> Result<Option<SiteReply>, DatabaseError> {
        if !self.ready {
            let operator = matches!(call, SiteCall::Publish { .. } | SiteCall::TokenCreate(_));
            if !operator && !schema::exists(&self.database)? {
                return Ok(Some(match call {
                    SiteCall::Policy { .. } => SiteReply::Policy(None),
                    SiteCall::Find { .. } => SiteReply::Found(None),
                    SiteCall::Page(_) => SiteReply::Page(Vec::new(), None),
                    SiteCall::Stats => SiteReply::Stats(SiteStats::default()),
                    SiteCall::TokenCheck { .. } | SiteCall::TokenRevoke { .. } => SiteReply::Flag(false),
                    _ => SiteReply::Failed("no policy was ever published for this site".into()),
                }));
            }
            schema::migrate(&self.database)?;
            self.ready = true;
        }
        Ok(None)
    }
}

pub use append::Batch;
