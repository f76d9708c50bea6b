//! Auditors' tokens: what each allows, whether it is good now, and what it was used for.
//!
//! A use is noted in the call that grants it, before anything is read: what could not be noted is not granted.

use consentry_api::object::{Access, Credential, Scope, SiteReply, TokenRow, TokenState, UseRow, Wanted};
use consentry_api::token::{Fields, Format, MOST_LISTED, MOST_USES};
use consentry_core::UnixMillis;
use subtle::ConstantTimeEq;

use super::database::{Database, DatabaseError, Value, columns, unexpected};
use super::{SiteObject, links};

/// Most uses in one answer.
const MOST_AT_ONCE: u32 = 1_000;

/// A token that is neither expired nor revoked.
pub(super) struct GoodToken {
    hash: String,
    pub expires: UnixMillis,
    scope: Scope,
}

impl<D: Database> SiteObject<D> {
    pub(super) fn create_token(&self, row: &TokenRow) -> Result<SiteReply, DatabaseError> {
        let scope = serde_json::to_string(&row.scope).map_err(|error| DatabaseError(error.to_string()))?;
        self.database.query(
            "INSERT INTO tokens (id, name, hash, created, expires, scope) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            &[
                row.id.as_str().into(),
                row.name.as_str().into(),
                row.hash.as_str().into(),
                row.created.into(),
                row.expires.into(),
                Value::Text(scope),
            ],
        )?;
        Ok(SiteReply::Flag(true))
    }

    /// Whether what was presented opens what is wanted. If it does, the use is noted.
    pub(super) fn authorise(
        &self,
        credential: &Credential,
        wanted: &Wanted,
        now: UnixMillis,
    ) -> Result<Access, DatabaseError> {
        let (Credential::Token { id, .. } | Credential::Link { id, .. }) = credential;
        let Some(token) = self.good_token(id, now)? else { return Ok(Access::Refused) };
        let genuine = match credential {
            // Both are hashes of random secrets, so a comparison that took its time would tell nothing; it does not anyway.
            Credential::Token { hash, .. } => hash.as_bytes().ct_eq(token.hash.as_bytes()).into(),
            Credential::Link { .. } => links::verify(&self.database, credential, now)?,
        };
        if !genuine {
            return Ok(Access::Refused);
        }
        if !allows(&token.scope, wanted) {
            return Ok(Access::Outside(token.scope));
        }
        self.note(id, wanted, matches!(credential, Credential::Link { .. }), now)?;
        Ok(Access::Granted(token.scope))
    }

    pub(super) fn good_token(&self, id: &str, now: UnixMillis) -> Result<Option<GoodToken>, DatabaseError> {
        let rows = self.database.query(
            "SELECT hash, expires, scope FROM tokens WHERE id = ?1 AND expires > ?2 AND revoked = 0",
            &[id.into(), now.0.into()],
        )?;
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        let [hash, expires, scope] = columns(row)?;
        Ok(Some(GoodToken {
            hash: hash.into_text().ok_or_else(unexpected)?,
            expires: UnixMillis(expires.as_u64().ok_or_else(unexpected)?),
            scope: read_scope(scope)?,
        }))
    }

    fn note(&self, id: &str, wanted: &Wanted, link: bool, now: UnixMillis) -> Result<(), DatabaseError> {
        self.database.transaction(|| {
            let rows = self.database.query(
                "UPDATE tokens SET uses = uses + 1, last_used = ?2 WHERE id = ?1 RETURNING uses",
                &[id.into(), now.0.into()],
            )?;
            let nth = rows.first().and_then(|row| row.first()).and_then(Value::as_u64).ok_or_else(unexpected)?;
            self.database.query(
                "INSERT INTO uses (token, nth, time, path, filters, format, link) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                &[
                    id.into(),
                    nth.into(),
                    now.0.into(),
                    wanted.path.as_str().into(),
                    wanted.filters.as_str().into(),
                    wanted.format.map_or("", Format::as_str).into(),
                    u64::from(link).into(),
                ],
            )?;
            self.database.query(
                "DELETE FROM uses WHERE token = ?1 AND nth <= ?2",
                &[id.into(), nth.saturating_sub(MOST_USES).into()],
            )
        })?;
        Ok(())
    }

    pub(super) fn revoke_token(&self, id: &str) -> Result<SiteReply, DatabaseError> {
        let rows =
            self.database.query("UPDATE tokens SET revoked = 1 WHERE id = ?1 RETURNING id", &[id.into()])?;
        Ok(SiteReply::Flag(!rows.is_empty()))
    }

    pub(super) fn tokens(&self) -> Result<SiteReply, DatabaseError> {
        let rows = self.database.query(
            "SELECT id, name, scope, created, expires, revoked, uses, last_used FROM tokens ORDER BY rowid DESC LIMIT ?1",
            &[MOST_LISTED.into()],
        )?;
        let read = |row| {
            let [id, name, scope, created, expires, revoked, uses, last_used] = columns(row)?;
            Ok(TokenState {
                id: id.into_text().ok_or_else(unexpected)?,
                name: name.into_text().ok_or_else(unexpected)?,
                scope: read_scope(scope)?,
                created: created.as_u64().ok_or_else(unexpected)?,
                expires: expires.as_u64().ok_or_else(unexpected)?,
                revoked: revoked.as_u64().ok_or_else(unexpected)? != 0,
                uses: uses.as_u64().ok_or_else(unexpected)?,
                last_used: last_used.as_u64(),
            })
        };
        Ok(SiteReply::Tokens(rows.into_iter().map(read).collect::<Result<_, DatabaseError>>()?))
    }

    /// The uses of a token, expired and revoked ones included, newest first.
    pub(super) fn token_uses(
        &self,
        id: &str,
        before: Option<u64>,
        limit: u32,
    ) -> Result<SiteReply, DatabaseError> {
        let rows = self.database.query("SELECT uses FROM tokens WHERE id = ?1", &[id.into()])?;
        let Some(total) = rows.first().and_then(|row| row.first()).and_then(Value::as_u64) else {
            return Ok(SiteReply::Absent);
        };
        let rows = self.database.query(
            "SELECT nth, time, path, filters, format, link FROM uses WHERE token = ?1 AND (?2 IS NULL OR nth < ?2) \
             ORDER BY nth DESC LIMIT ?3",
            &[id.into(), before.map_or(Value::Null, Value::from), limit.clamp(1, MOST_AT_ONCE).into()],
        )?;
        let read = |row| {
            let [nth, time, path, filters, format, link] = columns(row)?;
            Ok(UseRow {
                nth: nth.as_u64().ok_or_else(unexpected)?,
                time: time.as_u64().ok_or_else(unexpected)?,
                path: path.into_text().ok_or_else(unexpected)?,
                filters: filters.into_text().ok_or_else(unexpected)?,
                format: Format::parse(&format.into_text().ok_or_else(unexpected)?),
                link: link.as_u64().ok_or_else(unexpected)? != 0,
            })
        };
        Ok(SiteReply::Uses(total, rows.into_iter().map(read).collect::<Result<_, DatabaseError>>()?))
    }
}

/// A scope allows what reads in none but its formats, and shows no records but those received in its time. The visitor's part
/// is withheld where something is left without it, and refused only where nothing is.
fn allows(scope: &Scope, wanted: &Wanted) -> bool {
    wanted.format.is_none_or(|format| scope.formats.contains(&format))
        && !(wanted.personal && scope.fields == Fields::NonPersonal)
        && wanted.records.is_none_or(|records| scope.records.contains(&records))
}

fn read_scope(value: Value) -> Result<Scope, DatabaseError> {
    let text = value.into_text().ok_or_else(unexpected)?;
    serde_json::from_str(&text)
        .map_err(|error| DatabaseError(format!("the stored scope of a token cannot be read: {error}")))
}
