//! Which keys may sign: from the one an auditor trusts, along every change that the key before signed, for every part of a log.
//!
//! The parts of a sharded log are signed with one key under several names: that of part 0 is the log's origin, that of part N
//! is the origin, a slash and N.

use std::fmt;

use consentry_core::bytes::decode_hex;
use consentry_core::statement::{KeyChange, key_change_message, parse_key_change};
use consentry_log::{Kind, LogKey, Origin, Verifier, parse_entry};

/// Why keys cannot be followed. Signatures of the keys beyond that point prove nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyProblem {
    /// There is none at all, or one cannot be read.
    Form,
    /// Not as many changes as there are keys, or one between other keys than those beside it.
    Chain,
    /// The key that was replaced did not sign the change.
    Signature,
    /// The trusted key is none of the log's. Holds it and those, each as name and identifier.
    Untrusted {
        /// The trusted one.
        given: String,
        /// Those that the log names, oldest first.
        named: Vec<String>,
    },
    /// A change that the snapshot tells otherwise, or leaves out.
    Untold,
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Form => "a key or a change of keys that cannot be read",
            Self::Chain => "the changes do not lead from one key to the next",
            Self::Signature => "a change of keys that the old key did not sign",
            Self::Untrusted { given, named } => {
                return write!(out, "the trusted key is {given}, and the log names {}", named.join(", "));
            }
            Self::Untold => "a change of keys that the snapshot does not have",
        })
    }
}

/// What people compare two keys by.
fn name_and_id(key: &LogKey) -> String {
    format!("{}+{}", key.name(), key.id())
}

impl std::error::Error for KeyProblem {}

/// The keys of a log, every one vouched for by the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChain {
    origin: Origin,
    keys: Vec<LogKey>,
    /// The entry, with its envelope, that leads to each key but the first.
    changes: Vec<Vec<u8>>,
    /// The position of the trusted key.
    trusted: usize,
}

impl KeyChain {
    /// From verifier keys, oldest first, and the hexadecimal entries between them. Without a trusted key the oldest is
    /// believed: that is trusting whoever handed the keys out.
    pub fn follow(keys: &[String], changes: &[String], trusted: Option<&LogKey>) -> Result<Self, KeyProblem> {
        let keys = keys.iter().map(|vkey| LogKey::parse(vkey).map_err(|_| KeyProblem::Form));
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        let changes = changes.iter().map(|entry| decode_hex(entry).ok_or(KeyProblem::Form));
        let changes = changes.collect::<Result<Vec<_>, _>>()?;
        let first = keys.first().ok_or(KeyProblem::Form)?;
        let origin = Origin::new(first.name()).ok_or(KeyProblem::Form)?;
        let trusted = match trusted {
            Some(trusted) => {
                let untrusted = || KeyProblem::Untrusted {
                    given: name_and_id(trusted),
                    named: keys.iter().map(name_and_id).collect(),
                };
                keys.iter().position(|key| key == trusted).ok_or_else(untrusted)?
            }
            None => 0,
        };
        if keys.len() != changes.len() + 1 || keys.iter().any(|key| key.name() != origin.as_str()) {
            return Err(KeyProblem::Chain);
        }
        for (pair, change) in keys.windows(2).zip(&changes) {
            let entry = parse_entry(change).ok().filter(|entry| entry.kind == Kind::KeyChange);
            let change =
                entry.and_then(|entry| parse_key_change(entry.payload).ok()).ok_or(KeyProblem::Form)?;
            let (old, new) = read_change(&change)?;
            if pair != [old, new] {
                return Err(KeyProblem::Chain);
            }
        }
        Ok(Self { origin, keys, changes, trusted })
    }

    /// The name of the log, and of the keys of its part 0.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The name of a part.
    pub fn origin_of(&self, part: u8) -> Option<Origin> {
        if part == 0 { Some(self.origin.clone()) } else { Origin::new(&format!("{}/{part}", self.origin)) }
    }

    /// The key that signs now.
    pub fn newest(&self) -> Option<&LogKey> {
        self.keys.last()
    }

    /// The trusted key and all that came after it, as they sign a part.
    pub fn trusted(&self, part: u8) -> Vec<LogKey> {
        self.of_part(part).skip(self.trusted).collect()
    }

    fn of_part(&self, part: u8) -> impl Iterator<Item = LogKey> {
        let origin = self.origin_of(part);
        self.keys.iter().filter_map(move |key| LogKey::new(origin.as_ref()?.as_str(), &key.bytes()).ok())
    }

    /// Where to begin in a part, before any change of its own is read.
    pub fn start(&self, part: u8) -> Follower {
        Follower { keys: self.of_part(part).collect(), at: None, is_first: part == 0 }
    }

    /// How many changes there are.
    pub fn changes(&self) -> usize {
        self.changes.len()
    }
}

fn read_change(change: &KeyChange) -> Result<(LogKey, LogKey), KeyProblem> {
    let old = LogKey::parse(&change.old).map_err(|_| KeyProblem::Form)?;
    let new = LogKey::parse(&change.new).map_err(|_| KeyProblem::Form)?;
    let message = key_change_message(change.time, &change.old, &change.new);
    if old.verify_message(&message, &change.signature) { Ok((old, new)) } else { Err(KeyProblem::Signature) }
}

/// Follows the changes of keys in the rows of one part.
#[derive(Debug, Clone)]
pub struct Follower {
    /// All keys, as they sign this part.
    keys: Vec<LogKey>,
    /// The position of the key that signs after the last change seen.
    at: Option<usize>,
    is_first: bool,
}

impl Follower {
    /// The next change in the part's rows. Part 0 has all of them. Another part that was opened later begins with a later
    /// key.
    pub fn take(&mut self, change: &KeyChange) -> Result<(), KeyProblem> {
        let (old, new) = read_change(change)?;
        let begins =
            if self.is_first { 0 } else { self.keys.iter().position(|key| *key == old).unwrap_or(0) };
        let at = self.at.unwrap_or(begins);
        let pair = self.keys.get(at..).and_then(|keys| keys.get(..2)).ok_or(KeyProblem::Untold)?;
        if pair != [old, new] {
            return Err(KeyProblem::Untold);
        }
        self.at = Some(at + 1);
        Ok(())
    }

    /// The key that must have signed the tree that ends here.
    pub fn newest(&self) -> Option<&LogKey> {
        match self.at {
            Some(at) => self.keys.get(at),
            None if self.is_first => self.keys.first(),
            None => self.keys.last(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use consentry_core::UnixMillis;
    use consentry_core::bytes::serialize_hex;
    use consentry_core::statement::serialize_key_change;
    use consentry_log::{Signer, SigningKey, serialize_entry};

    const NAME: &str = "shop.example/log";

    fn key(name: &str, seed: u8) -> SigningKey {
        SigningKey::from_seed(name, &[seed; 32]).unwrap()
    }

    fn change(name: &str, old: u8, new: u8, signer: u8) -> KeyChange {
        let (old, new) = (key(name, old).public().to_vkey(), key(name, new).public().to_vkey());
        let message = key_change_message(UnixMillis(7), &old, &new);
        let signature = key(name, signer).sign(&message).unwrap().try_into().unwrap();
        KeyChange { time: UnixMillis(7), old, new, signature }
    }

    fn entry(change: &KeyChange) -> String {
        serialize_hex(&serialize_entry(Kind::KeyChange, &serialize_key_change(change)).unwrap())
    }

    /// Keys 1, 2 and 3, one after the other.
    fn chain(trusted: Option<u8>) -> Result<KeyChain, KeyProblem> {
        let keys = [1, 2, 3].map(|seed| key(NAME, seed).public().to_vkey());
        let changes = [entry(&change(NAME, 1, 2, 1)), entry(&change(NAME, 2, 3, 2))];
        let trusted = trusted.map(|seed| key(NAME, seed).public().clone());
        KeyChain::follow(&keys, &changes, trusted.as_ref())
    }

    #[test]
    fn keys_are_trusted_from_the_given_one_on_and_under_the_names_of_the_parts() {
        for (trusted, seeds) in
            [(None, &[1, 2, 3][..]), (Some(1), &[1, 2, 3]), (Some(2), &[2, 3]), (Some(3), &[3])]
        {
            let chain = chain(trusted).unwrap();
            for (part, name) in [(0, NAME.to_owned()), (7, format!("{NAME}/7"))] {
                let expected: Vec<LogKey> =
                    seeds.iter().map(|seed| key(&name, *seed).public().clone()).collect();
                assert_eq!(chain.trusted(part), expected);
                assert_eq!(chain.origin_of(part).unwrap().as_str(), name);
            }
        }
        let name_and_id = |seed| name_and_id(key(NAME, seed).public());
        let (given, named) = (name_and_id(9), [1, 2, 3].map(name_and_id).to_vec());
        assert!(key(NAME, 9).public().to_vkey().starts_with(&format!("{given}+")), "as it was given");
        assert_eq!(chain(Some(9)), Err(KeyProblem::Untrusted { given, named }));
    }

    #[test]
    fn keys_that_do_not_follow_from_each_other_are_refused() {
        let vkey = |seed| key(NAME, seed).public().to_vkey();
        let good = entry(&change(NAME, 1, 2, 1));
        let other = key("evil.example/log", 2).public().to_vkey();
        for (keys, changes, problem) in [
            (vec![], vec![], KeyProblem::Form),
            (vec!["x".into()], vec![], KeyProblem::Form),
            (vec![vkey(1), vkey(2)], vec![], KeyProblem::Chain),
            (vec![vkey(1)], vec![good.clone()], KeyProblem::Chain),
            (vec![vkey(1), vkey(3)], vec![good.clone()], KeyProblem::Chain),
            (vec![vkey(2), vkey(1)], vec![good.clone()], KeyProblem::Chain),
            (vec![vkey(1), other], vec![good.clone()], KeyProblem::Chain),
            (vec![vkey(1), vkey(2)], vec![good.replacen("0104", "0103", 1)], KeyProblem::Form),
            (vec![vkey(1), vkey(2)], vec!["00".into()], KeyProblem::Form),
            (vec![vkey(1), vkey(2)], vec![entry(&change(NAME, 1, 2, 2))], KeyProblem::Signature),
            (vec![vkey(1), vkey(2)], vec![entry(&change(NAME, 1, 2, 3))], KeyProblem::Signature),
        ] {
            assert_eq!(KeyChain::follow(&keys, &changes, None), Err(problem), "{keys:?}");
        }
    }

    #[test]
    fn part_that_was_opened_later_begins_with_a_later_key_and_leaves_none_out() {
        let chain = chain(Some(1)).unwrap();
        let part = format!("{NAME}/1");
        let newest = |follower: &Follower| follower.newest().cloned().unwrap();
        let key = |seed| key(&part, seed).public().clone();
        let (first, second) = (change(&part, 1, 2, 1), change(&part, 2, 3, 2));
        for changes in [&[&first, &second][..], &[&second], &[]] {
            let mut follower = chain.start(1);
            changes.iter().for_each(|change| assert_eq!(follower.take(change), Ok(())));
            assert_eq!(newest(&follower), key(3));
        }
        let mut follower = chain.start(1);
        assert_eq!(follower.take(&first), Ok(()));
        assert_eq!(newest(&follower), key(2), "as long as its rows go no further");
        assert_eq!(follower.take(&first), Err(KeyProblem::Untold));
        assert_eq!(chain.start(1).take(&change(&part, 1, 3, 1)), Err(KeyProblem::Untold));
        assert_eq!(chain.start(1).take(&change(NAME, 1, 2, 1)), Err(KeyProblem::Untold), "of part 0");
        assert_eq!(chain.start(0).take(&change(NAME, 2, 3, 2)), Err(KeyProblem::Untold), "part 0 has all");
    }
}
