//! A record's line as exports write it, split without reading it: what is the record's own by its place, and in between, as
//! one piece, what it shares with all that say the same.
//!
//! Lines in any other spelling are read the ordinary way, and so is the first line with each new piece. Only a piece out of a
//! line that is, byte for byte, how its row is written becomes known; a line that splits around a known piece is then that
//! very spelling too.

use consentry_api::export::ExportRow;

use crate::record::Fields;
use crate::text;

/// A line, split.
pub struct Split<'a> {
    /// The part it says to be from.
    pub log: u8,
    /// Its position there.
    pub index: u64,
    /// What is the record's own.
    pub fields: Fields<'a>,
    /// The rest: from `"late"` to before `"valid_until"`.
    pub piece: &'a [u8],
}

/// What stands before and behind `valid_until` and the hash after it.
const VALID_UNTIL: &[u8] = b"\"valid_until\":\"";
const SALT: &[u8] = b"\",\"salt\":\"";
const COMMITMENT: &[u8] = b"\",\"commitment\":\"";
const LEAF_HASH: &[u8] = b"\",\"leaf_hash\":\"";
const END: &[u8] = b"\"}";

const TIME: usize = 24;
const HASH: usize = 64;
const UUID: usize = 36;
const SUBJECT: usize = 32;

/// The line of a record, if it is in the ordinary spelling as far as that can be seen from its frame.
pub fn split(line: &[u8]) -> Option<Split<'_>> {
    let (log, rest) = text::number(line.strip_prefix(b"{\"log\":")?)?;
    let (index, rest) = text::number(rest.strip_prefix(b",\"index\":")?)?;
    if index >= consentry_log::LARGEST_TREE.0 {
        return None;
    }
    let rest = rest.strip_prefix(b",\"kind\":\"record\",")?;
    let redacted = word(rest, b"\"redacted\":\"").filter(|(word, _)| !word.is_empty());
    let (redacted, rest) = redacted.unwrap_or((b"", rest));
    let shown = redacted.is_empty();
    let (record_id, rest) = if shown { fixed::<UUID>(rest, b"\"record_id\":\"")? } else { (&b""[..], rest) };
    let (subject_id, rest) =
        if shown { fixed::<SUBJECT>(rest, b"\"subject_id\":\"")? } else { (&b""[..], rest) };
    let (previous, rest) = fixed::<UUID>(rest, b"\"previous_record_id\":\"").unwrap_or((b"", rest));
    let (site, rest) = word(rest, b"\"site_id\":\"")?;
    let (server_time, rest) = fixed::<TIME>(rest, b"\"server_time\":\"")?;
    let (client_time, rest) =
        if shown { fixed::<TIME>(rest, b"\"client_time\":\"")? } else { (&b""[..], rest) };
    if !rest.starts_with(b"\"late\":") {
        return None;
    }
    let rest = rest.strip_suffix(END)?;
    let (rest, leaf_hash) = last::<HASH>(rest, LEAF_HASH)?;
    let (rest, hash) = last::<HASH>(rest, if shown { SALT } else { COMMITMENT })?;
    let (piece, valid_until) = last::<TIME>(rest, VALID_UNTIL)?;
    let fields = Fields {
        redacted,
        record_id,
        subject_id,
        previous,
        site,
        server_time,
        client_time,
        valid_until,
        salt: if shown { hash } else { b"" },
        commitment: if shown { b"" } else { hash },
        leaf_hash,
    };
    Some(Split { log: u8::try_from(log).ok()?, index, fields, piece })
}

/// A member with a text of any length, after its name, and what follows its comma.
fn word<'a>(rest: &'a [u8], name: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let rest = rest.strip_prefix(name)?;
    let (text, rest) = rest.split_at_checked(memchr::memchr(b'"', rest)?)?;
    Some((text, rest.strip_prefix(b"\",")?))
}

/// A member with a text of a known length.
fn fixed<'a, const N: usize>(rest: &'a [u8], name: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (text, rest) = rest.strip_prefix(name)?.split_at_checked(N)?;
    Some((text, rest.strip_prefix(b"\",")?))
}

/// The last member, and what is before it.
fn last<'a, const N: usize>(rest: &'a [u8], name: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (rest, text) = rest.split_at_checked(rest.len().checked_sub(N)?)?;
    Some((rest.strip_suffix(name)?, text))
}

/// True if this is how the row is written.
pub fn is_spelled(line: &[u8], row: &ExportRow<'_>, buffer: &mut Vec<u8>) -> bool {
    buffer.clear();
    row.push_json(buffer);
    buffer == line
}
