//! Whether an identifier came before: exactly, among the latest; with the same little memory for any number of records.

use std::collections::HashSet;
use std::mem;

use foldhash::fast::FixedState;

/// How far back every repeated identifier is found, in records. Some are found up to twice as far back.
pub const WINDOW: usize = 65_536;

/// The latest identifiers, in two generations: the older one is forgotten as a whole.
#[derive(Debug, Default)]
pub struct Ids {
    young: HashSet<[u8; 16], FixedState>,
    old: HashSet<[u8; 16], FixedState>,
}

impl Ids {
    /// True if this identifier came before.
    pub fn is_known(&mut self, id: [u8; 16]) -> bool {
        if self.young.len() >= WINDOW {
            mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
        }
        self.old.contains(&id) || !self.young.insert(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifier_is_known_as_long_as_the_window_reaches_and_memory_stays_the_same() {
        let id = |number: u64| u128::from(number).to_be_bytes();
        let mut ids = Ids::default();
        let last = 3 * WINDOW as u64;
        for number in 0..last {
            assert!(!ids.is_known(id(number)), "{number}");
        }
        for back in [1, 2, WINDOW as u64] {
            assert!(ids.is_known(id(last - back)), "{back} records back");
        }
        assert!(!ids.is_known(id(0)), "forgotten long ago");
        assert!(ids.young.len() <= WINDOW && ids.old.len() <= WINDOW);
    }
}
