//! Leaving out what changes no answer.

use super::Owner;
use super::rows::Row;
use crate::catalogue::Category;

/// Removes every row without which all addresses still have the owner they had; nobody's and `required` count as the same,
/// for neither is held. The rows must be sorted, the most specific first.
pub(super) fn prune(rows: &mut Vec<Row<'_>>) {
    let mut at = 0;
    while let Some(((pattern, owner), later)) = rows.get(at..).and_then(<[_]>::split_first) {
        // The first row behind that takes the address over decides. One with another owner that may take a part of it keeps this
        // row; one that takes all of it for the same owner makes it needless.
        let next = later.iter().find_map(|(other, its)| match its == owner {
            true => other.covers(pattern).then_some(true),
            false => (!other.is_apart_from(pattern)).then_some(false),
        });
        let needless = next.unwrap_or(*owner == Owner::Category(Category::Required.as_str()));
        match needless {
            true => drop(rows.remove(at)),
            false => at += 1,
        }
    }
}
