//! Links that stand for a token for a while: made and checked here, with a secret that is nowhere else.

use consentry_api::object::{Access, Credential, NewLink, SiteReply};
use consentry_core::UnixMillis;
use consentry_core::bytes::{parse_hex, serialize_hex};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::database::{Database, DatabaseError};
use super::{SiteObject, settings};

/// What the code is over besides the link, so that the same key can never vouch for something else.
const PURPOSE: &[u8] = b"consentry link v1";

impl<D: Database> SiteObject<D> {
    /// Makes a link for whoever has a token that allows what the link will show.
    pub(super) fn make_link(&self, new: &NewLink, now: UnixMillis) -> Result<SiteReply, DatabaseError> {
        let Credential::Token { id, .. } = &new.credential else {
            return Ok(SiteReply::Access(Access::Refused));
        };
        let access = self.authorise(&new.credential, &new.wanted, now)?;
        let (Access::Granted(_), Some(token)) = (&access, self.good_token(id, now)?) else {
            return Ok(SiteReply::Access(access));
        };
        let asked = now.0.saturating_add(u64::from(new.minutes) * 60_000);
        let expires = token.expires.0.min(asked);
        let key = settings::make_link_key(&self.database, &new.key)?;
        let code = code(&key, id, &new.path, &new.query, expires)?;
        Ok(SiteReply::Link(expires, serialize_hex(&code.finalize().into_bytes())))
    }
}

/// Whether this object made this link, and it still works. Takes the same time whatever is wrong with the code.
pub(super) fn verify(
    database: &impl Database,
    credential: &Credential,
    now: UnixMillis,
) -> Result<bool, DatabaseError> {
    let Credential::Link { id, path, query, expires, mac } = credential else { return Ok(false) };
    let (Some(key), Some(mac)) = (settings::link_key(database)?, parse_hex::<32>(mac)) else {
        return Ok(false);
    };
    let genuine = code(&key, id, path, query, *expires)?.verify_slice(&mac).is_ok();
    Ok(genuine && now.0 < *expires)
}

/// Every part with its length before it, so that no two links are the same bytes.
fn code(
    key: &[u8; 32],
    id: &str,
    path: &str,
    query: &str,
    expires: u64,
) -> Result<Hmac<Sha256>, DatabaseError> {
    let mut code =
        <Hmac<Sha256> as Mac>::new_from_slice(key).map_err(|error| DatabaseError(error.to_string()))?;
    for part in [PURPOSE, id.as_bytes(), path.as_bytes(), query.as_bytes(), &expires.to_be_bytes()] {
        code.update(&(part.len() as u64).to_be_bytes());
        code.update(part);
    }
    Ok(code)
}
