//! One look at a log: who signs it, and whether each part still begins with all it had.

use std::fmt;
use std::thread;
use std::time::Duration;

use consentry_api::record::LogKeys;
use consentry_core::bytes::serialize_hex;
use consentry_log::{CheckpointError, Newer, Older, Origin, TileSet, TreeHead, Trust, verify_checkpoint};
use consentry_verify::{Growth, KeyChain, KeyProblem};
use serde_json::{Value, json};

use super::raise;
use super::state::{Seen, State};
use crate::args::Monitor;
use crate::failure::Failure;
use crate::public::PublicLog;

/// How often a log that seems to have shrunk is asked again: a cache may still have an old checkpoint.
const TRIES: u32 = 3;
/// How long to wait before. A checkpoint may be cached for two seconds.
const CACHED: Duration = Duration::from_millis(2_200);

/// What a look has come to.
pub struct Look {
    pub state: State,
    /// The key came from the auditor, now or at the first look.
    pub trusted: bool,
    pub parts: Vec<PartLook>,
}

/// What became of a part.
pub struct PartLook {
    pub part: u8,
    /// How many entries it had; `None` at the first look.
    pub from: Option<u64>,
    pub size: u64,
    pub root: String,
    pub growth: &'static str,
}

/// What must not be.
#[derive(Debug)]
pub enum Alarm {
    /// It signed two histories, or forgot a part of one, or shows tiles that are not its own.
    Growth { part: u8, from: u64, to: u64, growth: Growth },
    /// A part that was there is not there any more.
    Gone(u8),
    /// The keys do not lead from the trusted one to one that signs.
    Key(KeyProblem),
    /// A checkpoint that no such key signed, or of another log.
    Checkpoint(u8, CheckpointError),
}

impl Alarm {
    /// A stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Growth { growth, .. } => growth.as_str(),
            Self::Gone(_) => "shrunk",
            Self::Key(_) => "key",
            Self::Checkpoint(..) => "checkpoint",
        }
    }

    /// The part it is about.
    pub const fn part(&self) -> u8 {
        match self {
            Self::Growth { part, .. } | Self::Gone(part) | Self::Checkpoint(part, _) => *part,
            Self::Key(_) => 0,
        }
    }
}

impl fmt::Display for Alarm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Growth { part, from, to, growth } => match growth {
                Growth::Forked => write!(
                    out,
                    "part {part} FORKED: its tree of {to} entries is not one that its signed tree of {from} entries can grow into"
                ),
                Growth::Shrunk => write!(out, "part {part} SHRANK from {from} to {to} entries"),
                _ => write!(out, "the tiles of part {part} do not belong to its checkpoint of {to} entries"),
            },
            Self::Gone(part) => write!(out, "part {part} is not there any more"),
            Self::Key(error) => write!(out, "the key is not the one it was: {error}"),
            Self::Checkpoint(part, error) => write!(out, "part {part} is not signed by its key: {error}"),
        }
    }
}

/// A checkpoint that holds.
struct Signed {
    text: String,
    head: TreeHead,
}

/// Looks at every part of a log.
pub fn look(log: &PublicLog<'_>, args: &Monitor, state: Option<State>, time: &str) -> Result<Look, Failure> {
    let keys = log.keys()?;
    let known = state.as_ref().map(|state| consentry_log::LogKey::parse(&state.key));
    let known = known.transpose().map_err(|error| Failure::refused(error.to_string(), "check the state"))?;
    if let (Some(given), Some(known)) = (&args.key, &known)
        && given != known
    {
        return Err(Failure::usage(
            format!("the state trusts another key: {}", known.to_vkey()),
            "leave out --key, or begin with another state",
        ));
    }
    let trusted = args.key.clone().or(known);
    let alarm = |alarm: &Alarm| raise(args, time, alarm, None).unwrap_or_else(|failure| failure);
    let chain = match KeyChain::follow(&keys.keys, &keys.changes, trusted.as_ref()) {
        Ok(chain) => chain,
        Err(error) => return Err(alarm(&Alarm::Key(error))),
    };
    let first = keys.keys.first().cloned().unwrap_or_default();
    let key = trusted.as_ref().map_or(first, |key| key.to_vkey());
    let mut state = state.unwrap_or_else(|| State::new(args.site.as_str(), key));
    let mut parts = Vec::new();
    for part in 0..=u8::MAX {
        let seen = state.seen(part).cloned();
        let Some(signed) = checkpoint(log, &chain, part).map_err(|wrong| wrong.into_failure(&alarm))? else {
            if seen.is_some() || part == 0 {
                return Err(alarm(&Alarm::Gone(part)));
            }
            break;
        };
        let (signed, older, growth) = match seen {
            None => (signed, None, "new"),
            Some(seen) => {
                let older = read(&chain, part, &seen.checkpoint);
                let older = older.map_err(|error| alarm(&Alarm::Checkpoint(part, error)))?;
                let (signed, growth, tiles) = settle(log, &chain, part, &older.head, signed, &alarm)?;
                if !matches!(growth, Growth::Same | Growth::Grown) {
                    let (from, to) = (older.head.size.0, signed.head.size.0);
                    let evidence = evidence(args, part, (&older, &signed), &tiles, &keys);
                    let growth = Alarm::Growth { part, from, to, growth };
                    return Err(raise(args, time, &growth, Some(&evidence))?);
                }
                (signed, Some(older.head.size.0), growth.as_str())
            }
        };
        parts.push(PartLook {
            part,
            from: older,
            size: signed.head.size.0,
            root: signed.head.root.to_hex(),
            growth,
        });
        if older != Some(signed.head.size.0) {
            state.remember(Seen { part, checkpoint: signed.text, time: time.into() });
        }
    }
    Ok(Look { state, trusted: trusted.is_some(), parts })
}

/// Why there is no checkpoint that holds.
enum Wrong {
    Alarm(Alarm),
    Failure(Failure),
}

impl Wrong {
    fn into_failure(self, raise: &impl Fn(&Alarm) -> Failure) -> Failure {
        match self {
            Self::Alarm(alarm) => raise(&alarm),
            Self::Failure(failure) => failure,
        }
    }
}

fn checkpoint(log: &PublicLog<'_>, chain: &KeyChain, part: u8) -> Result<Option<Signed>, Wrong> {
    let Some(text) = log.checkpoint(part).map_err(Wrong::Failure)? else { return Ok(None) };
    read(chain, part, &text).map(Some).map_err(|error| Wrong::Alarm(Alarm::Checkpoint(part, error)))
}

fn read(chain: &KeyChain, part: u8, text: &str) -> Result<Signed, CheckpointError> {
    let origin = chain.origin_of(part);
    let origin: &Origin = origin.as_ref().unwrap_or_else(|| chain.origin());
    let keys = chain.trusted(part);
    let checked = verify_checkpoint(text.as_bytes(), &Trust { origin, keys: &keys, witnesses: &[] })?;
    Ok(Signed { text: text.into(), head: *checked.head() })
}

/// Judges what a part has become, and asks again where the answer may be an old one.
fn settle(
    log: &PublicLog<'_>,
    chain: &KeyChain,
    part: u8,
    older: &TreeHead,
    mut signed: Signed,
    raise: &impl Fn(&Alarm) -> Failure,
) -> Result<(Signed, Growth, TileSet), Failure> {
    let mut tries = 1;
    loop {
        let (growth, tiles) = log.growth(part, Older(older), Newer(&signed.head))?;
        if !matches!(growth, Growth::Shrunk | Growth::BadTiles) || tries == TRIES {
            return Ok((signed, growth, tiles));
        }
        tries += 1;
        thread::sleep(CACHED);
        match checkpoint(log, chain, part).map_err(|wrong| wrong.into_failure(raise))? {
            Some(newer) => signed = newer,
            None => return Err(raise(&Alarm::Gone(part))),
        }
    }
}

/// What anybody needs to see it for themselves.
fn evidence(
    args: &Monitor,
    part: u8,
    (older, newer): (&Signed, &Signed),
    tiles: &TileSet,
    keys: &LogKeys,
) -> Value {
    let tiles = tiles
        .iter()
        .map(|(tile, nodes)| json!({ "path": tile.path(), "bytes": serialize_hex(&nodes.to_bytes()) }));
    json!({
        "format": "consentry.evidence.v1",
        "site": args.site.as_str(),
        "part": part,
        "older": older.text,
        "newer": newer.text,
        "keys": keys.keys,
        "key_changes": keys.changes,
        "tiles": tiles.collect::<Vec<_>>(),
    })
}
