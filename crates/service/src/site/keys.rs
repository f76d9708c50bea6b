//! Which key signs: the first one is remembered, and another one takes over only when the old one says so.

use consentry_api::object::SiteReply;
use consentry_core::UnixMillis;
use consentry_core::bytes::serialize_hex;
use consentry_core::statement::{KeyChange, key_change_message, parse_key_change, serialize_key_change};
use consentry_log::{Kind, Signer, parse_entry};

use super::SiteObject;
use super::database::{Database, DatabaseError, unexpected};
use super::log::{Log, LogError, NewEntry};
use super::settings;

impl Log {
    /// Compares the configured keys with the one that signed so far. A new key with the old one beside it is a rotation: an
    /// entry signed by the old key names the new one. A new key alone is a mistake, and nothing is signed with it.
    pub(super) fn follow_key(
        &mut self,
        database: &impl Database,
        known: Option<&str>,
        now: UnixMillis,
    ) -> Result<(), LogError> {
        let Some((current, previous)) = self.signers.split_first() else { return Ok(()) };
        let new = current.public().to_vkey();
        if known == Some(new.as_str()) {
            return Ok(());
        }
        let Some(old) = known else {
            let stored = settings::Stored { log: self.settings.clone(), key: Some(new) };
            return settings::write(database, &stored).map_err(LogError::Storage);
        };
        let signer = previous.iter().find(|key| key.public().to_vkey() == old).ok_or_else(|| {
            LogError::Key(format!(
                "the log was signed with {old} so far; to change keys, put that key into CONSENTRY_LOG_KEY_PREVIOUS"
            ))
        })?;
        // A clock behind the log must not put the change before what the old key signed.
        let time = now.max(self.newest);
        let signature = signer
            .sign(&key_change_message(time, old, &new))
            .ok()
            .and_then(|bytes| <[u8; 64]>::try_from(bytes).ok())
            .ok_or_else(|| LogError::Key("the previous key cannot sign".into()))?;
        let change = KeyChange { time, old: old.into(), new: new.clone(), signature };
        let payload = serialize_key_change(&change);
        let stored = settings::Stored { log: self.settings.clone(), key: Some(new) };
        database.transaction(|| {
            let entry = NewEntry { kind: Kind::KeyChange, time, payload: &payload, record: None };
            self.write(database, &[entry])?;
            settings::write(database, &stored)
        })?;
        Ok(())
    }
}

impl<D: Database> SiteObject<D> {
    /// All keys, oldest first, and the entries that lead from each to the next.
    pub(super) fn keys(&mut self, now: UnixMillis) -> Result<SiteReply, LogError> {
        let log = self.log(now)?;
        let newest = log.signers.first().ok_or_else(unexpected)?.public().to_vkey();
        let mut vkeys = Vec::new();
        let mut entries = Vec::new();
        for entry in self.statements(Kind::KeyChange)? {
            let broken = |error: &dyn std::fmt::Display| DatabaseError(error.to_string());
            let payload = parse_entry(&entry).map_err(|error| broken(&error))?.payload;
            vkeys.push(parse_key_change(payload).map_err(|error| broken(&error))?.old);
            entries.push(serialize_hex(&entry));
        }
        vkeys.push(newest);
        Ok(SiteReply::Keys(vkeys, entries))
    }
}
