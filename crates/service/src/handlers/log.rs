//! `log/SITE/…`: the public log as C2SP tlog-tiles asks: checkpoint, tiles, and, for auditors, the entries.

use consentry_api::object::{SiteCall, SiteReply, TimeRange};
use consentry_api::record::LogKeys;
use consentry_api::token::Format;
use consentry_core::SiteId;
use consentry_core::bytes::decode_hex;
use consentry_log::{TilePath, parse_tile_path};

use super::Answer;
use super::snapshot::unread;
use crate::access::{require_auditor, wanted};
use crate::answer::{json, not_allowed, problem};
use crate::http::{Method, Request, Response};
use crate::service::Service;
use crate::sites::Sites;

/// Tiles never change.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// A checkpoint is new with every record; tlog-tiles allows a few seconds.
const SECONDS: &str = "public, max-age=2";

/// `GET log/SITE[/PART]/checkpoint`, `…/keys`, `…/tile/…`
pub async fn log<S: Sites>(
    service: &Service<S>,
    request: &Request,
    (site, shard): (&SiteId, u8),
    path: &str,
) -> Answer {
    if !matches!(request.method, Method::Get | Method::Head) {
        return Err(not_allowed("GET, HEAD"));
    }
    let answer = match path {
        "checkpoint" => checkpoint(service, site, shard).await,
        "keys" => keys(service, site, shard).await,
        _ => tile(service, request, (site, shard), path).await,
    };
    // Anybody may check a log, from any page.
    answer.map(|response| response.with("access-control-allow-origin", "*"))
}

async fn checkpoint<S: Sites>(service: &Service<S>, site: &SiteId, shard: u8) -> Answer {
    match service.sites.call_part(site, shard, &SiteCall::Checkpoint).await {
        Ok(SiteReply::Text(text)) => {
            Ok(Response::new(200, "text/plain; charset=utf-8", text).with("cache-control", SECONDS))
        }
        other => Err(unread(&other)),
    }
}

async fn keys<S: Sites>(service: &Service<S>, site: &SiteId, shard: u8) -> Answer {
    match service.sites.call_part(site, shard, &SiteCall::Keys).await {
        Ok(SiteReply::Keys(keys, changes)) => Ok(json(200, &LogKeys { keys, changes })),
        other => Err(unread(&other)),
    }
}

async fn tile<S: Sites>(
    service: &Service<S>,
    request: &Request,
    (site, shard): (&SiteId, u8),
    path: &str,
) -> Answer {
    let unknown = || {
        problem(
            404,
            "tile-unknown",
            "The log has no such tile",
            "Take its size from the checkpoint, and paths from the C2SP tlog-tiles specification",
        )
    };
    let (call, entries) = match parse_tile_path(path).map_err(|_| unknown())? {
        TilePath::Tile(tile) => {
            let (level, index, width) = (tile.level(), tile.index(), tile.width().get() as u16);
            (SiteCall::Tile { level, index, width }, false)
        }
        TilePath::Entries(bundle) => {
            // Entries say what visitors decided; hashes say nothing. Those of a bundle may be of any time.
            let wanted = wanted(request, &[], Some(Format::Entries), Some(TimeRange::ALL));
            require_auditor(request, &service.sites, site, wanted).await?;
            (SiteCall::Bundle { index: bundle.index, width: bundle.width.get() as u16 }, true)
        }
    };
    match service.sites.call_part(site, shard, &call).await {
        Ok(SiteReply::Bytes(text)) => {
            let bytes = decode_hex(&text).unwrap_or_default();
            let cached = if entries { "private, no-store" } else { IMMUTABLE };
            Ok(Response::new(200, "application/octet-stream", bytes).with("cache-control", cached))
        }
        Ok(SiteReply::Absent) => Err(unknown()),
        Ok(SiteReply::Gone) => Err(problem(
            410,
            "tile-pruned",
            "Entries of this bundle were kept long enough and are gone",
            "Their hashes are still in the tiles; the export shows them as redacted",
        )),
        other => Err(unread(&other)),
    }
}
