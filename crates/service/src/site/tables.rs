//! The rest of a site's storage: policies, pages of records, tokens, numbers.

use consentry_api::digest::sha256_hex;
use consentry_api::object::{PageRequest, SiteReply, SiteStats, StoredPolicy, StoredRecord, TokenRow};
use consentry_core::UnixMillis;

use super::SiteObject;
use super::database::{Database, DatabaseError, Value, columns, unexpected};

/// Most records in one page: 1,000 of about 400 bytes stay well below what one answer between Worker and object should carry.
pub const LARGEST_PAGE: u32 = 1_000;

impl<D: Database> SiteObject<D> {
    pub(super) fn publish(
        &self,
        json: &str,
        gate: &str,
        banner: &str,
        now: UnixMillis,
    ) -> Result<SiteReply, DatabaseError> {
        let hash = sha256_hex(json.as_bytes());
        let newest = self.policy(None)?;
        // The very same file with the very same code is the version that is there: publishing twice is harmless.
        let same = self.database.query(
            "SELECT version FROM policies WHERE version = ?1 AND hash = ?2 AND gate_hash = ?3 AND banner_hash = ?4",
            &[newest.as_ref().map_or(0, |policy| policy.version).into(), hash.as_str().into(), gate.into(), banner.into()],
        )?;
        if let (Some(newest), false) = (&newest, same.is_empty()) {
            return Ok(SiteReply::Policy(Some(newest.clone())));
        }
        let version = newest.map_or(0, |policy| policy.version) + 1;
        self.database.query(
            "INSERT INTO policies (version, hash, json, published, gate_hash, banner_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            &[version.into(), hash.as_str().into(), json.into(), now.0.into(), gate.into(), banner.into()],
        )?;
        self.policy(Some(version)).map(SiteReply::Policy)
    }

    pub(super) fn policy(&self, version: Option<u32>) -> Result<Option<StoredPolicy>, DatabaseError> {
        let rows = self.database.query(
            "SELECT version, hash, json, published FROM policies WHERE ?1 IS NULL OR version = ?1 ORDER BY version DESC LIMIT 1",
            &[version.map_or(Value::Null, Value::from)],
        )?;
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        let [version, hash, json, published] = columns(row)?;
        Ok(Some(StoredPolicy {
            version: version.as_u64().and_then(|number| u32::try_from(number).ok()).ok_or_else(unexpected)?,
            hash: hash.into_text().ok_or_else(unexpected)?,
            json: json.into_text().ok_or_else(unexpected)?,
            published: published.as_u64().ok_or_else(unexpected)?,
        }))
    }

    pub(super) fn page(&self, request: &PageRequest) -> Result<SiteReply, DatabaseError> {
        let limit = request.limit.clamp(1, LARGEST_PAGE);
        let optional = |number: Option<u64>| number.map_or(Value::Null, Value::from);
        let rows = self.database.query(
            "SELECT idx, lower(hex(bytes)), lower(hex(leaf)) FROM records WHERE idx >= ?1 AND (?2 IS NULL OR idx < ?2) \
             AND (?3 IS NULL OR time >= ?3) AND (?4 IS NULL OR time < ?4) AND (?5 IS NULL OR action = ?5) \
             ORDER BY idx LIMIT ?6",
            &[
                request.start.into(),
                optional(request.end),
                optional(request.from),
                optional(request.to),
                request.action.as_deref().map_or(Value::Null, Value::from),
                limit.into(),
            ],
        )?;
        let records = rows.into_iter().map(stored).collect::<Result<Vec<_>, _>>()?;
        let full = records.len() == limit as usize;
        let next = records.last().filter(|_| full).map(|record| record.index + 1);
        Ok(SiteReply::Page(records, next))
    }

    pub(super) fn find(&self, id: &str) -> Result<Option<StoredRecord>, DatabaseError> {
        let sql = "SELECT idx, lower(hex(bytes)), lower(hex(leaf)) FROM records WHERE id = ?1";
        self.database.query(sql, &[id.into()])?.into_iter().next().map(stored).transpose()
    }

    pub(super) fn create_token(&self, row: &TokenRow) -> Result<SiteReply, DatabaseError> {
        self.database.query(
            "INSERT INTO tokens (id, name, hash, expires) VALUES (?1, ?2, ?3, ?4)",
            &[row.id.as_str().into(), row.name.as_str().into(), row.hash.as_str().into(), row.expires.into()],
        )?;
        Ok(SiteReply::Flag(true))
    }

    pub(super) fn check_token(
        &self,
        id: &str,
        hash: &str,
        now: UnixMillis,
    ) -> Result<SiteReply, DatabaseError> {
        // Hashes of random secrets are compared, so the time it takes tells nothing about a secret.
        let rows = self.database.query(
            "SELECT 1 FROM tokens WHERE id = ?1 AND hash = ?2 AND expires > ?3 AND revoked = 0",
            &[id.into(), hash.into(), now.0.into()],
        )?;
        Ok(SiteReply::Flag(!rows.is_empty()))
    }

    pub(super) fn revoke_token(&self, id: &str) -> Result<SiteReply, DatabaseError> {
        let rows =
            self.database.query("UPDATE tokens SET revoked = 1 WHERE id = ?1 RETURNING id", &[id.into()])?;
        Ok(SiteReply::Flag(!rows.is_empty()))
    }

    pub(super) fn stats(&self) -> Result<SiteStats, DatabaseError> {
        let frontier = self.frontier()?;
        let rows = self
            .database
            .query("SELECT action, count(*) FROM records GROUP BY action ORDER BY action", &[])?;
        let actions = rows
            .into_iter()
            .map(|row| {
                let [action, count] = columns(row)?;
                Ok((action.into_text().ok_or_else(unexpected)?, count.as_u64().ok_or_else(unexpected)?))
            })
            .collect::<Result<_, DatabaseError>>()?;
        Ok(SiteStats {
            records: frontier.size().0,
            root: frontier.root().to_hex(),
            actions,
            policy: self.policy(None)?.map_or(0, |policy| policy.version),
        })
    }
}

fn stored(row: Vec<Value>) -> Result<StoredRecord, DatabaseError> {
    let [index, bytes, leaf] = columns(row)?;
    Ok(StoredRecord {
        index: index.as_u64().ok_or_else(unexpected)?,
        bytes: bytes.into_text().ok_or_else(unexpected)?,
        leaf_hash: leaf.into_text().ok_or_else(unexpected)?,
    })
}
