//! What a visitor may see: their own records, each with its receipt, for whoever holds what only their browser holds.

use consentry_api::object::{Sender, SiteReply};
use consentry_core::UnixMillis;
use consentry_core::bytes::decode_hex;

use super::SiteObject;
use super::database::{Database, unexpected};
use super::log::LogError;
use super::tables::{ENTRY, stored};

impl<D: Database> SiteObject<D> {
    /// Whether this record is one of this visitor's. Takes from the same limits as records.
    pub(super) fn owns(
        &mut self,
        subject: &str,
        id: &str,
        sender: &Sender,
        now: UnixMillis,
    ) -> Result<SiteReply, LogError> {
        if let Sender::Browser(network) = sender
            && let Err(seconds) = self.limiter.take(network.as_deref(), 1, now)
        {
            return Ok(SiteReply::Busy(seconds));
        }
        let rows = self.database.query(
            "SELECT 1 FROM entries WHERE id = unhex(?1) AND subject = unhex(?2)",
            &[id.into(), subject.into()],
        )?;
        Ok(SiteReply::Flag(!rows.is_empty()))
    }

    /// A visitor's newest records with their receipts as of now, newest first.
    pub(super) fn visitor(
        &mut self,
        subject: &str,
        limit: u32,
        now: UnixMillis,
    ) -> Result<SiteReply, LogError> {
        let sql = format!("SELECT {ENTRY} FROM entries WHERE subject = unhex(?1) ORDER BY idx DESC LIMIT ?2");
        let rows = self.database.query(&sql, &[subject.into(), limit.into()])?;
        self.log(now)?;
        let Some(log) = self.log.as_ref() else { return Err(LogError::Storage(unexpected())) };
        let mut proven = Vec::with_capacity(rows.len());
        for row in rows {
            let entry = stored(row)?;
            let (index, _, _, bytes, personal, _) = &entry;
            let [bytes, personal] = [bytes, personal].map(|text| decode_hex(text));
            let (bytes, personal) = bytes.zip(personal).ok_or_else(unexpected)?;
            let proof = log.late_receipt(&self.database, *index, &bytes, &personal)?;
            proven.push((entry, proof));
        }
        Ok(SiteReply::Proven(proven))
    }
}
