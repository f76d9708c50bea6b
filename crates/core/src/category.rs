//! Categories as data: three that are always there, up to five of the site's own, and sets of them.

use alloc::string::String;
use core::fmt;

/// A category's identifier. 1-16 of `a-z 0-9 _`, starting with a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CategoryId(String);

/// Longest category identifier, in bytes.
pub const LONGEST_CATEGORY: usize = 16;
/// Most categories a policy may have: one bit each in [`Grants`].
pub const MOST_CATEGORIES: usize = 8;
/// The identifiers of the categories every policy has, at the bit positions they always have.
pub const BUILT_IN: [&str; 3] = ["required", "functional", "advertising"];

impl CategoryId {
    /// The identifier, or `None` when it is not of the form above.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=LONGEST_CATEGORY).contains(&text.len())
            && text.bytes().next().is_some_and(|first| first.is_ascii_lowercase())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        fits.then(|| Self(text.into()))
    }

    /// The identifier's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for CategoryId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CategoryId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A set of categories, one bit each in the policy's order: bit 0 required, 1 functional, 2 advertising, then the site's.
///
/// Bits 0-2 mean the same under every policy; the others only under the policy they were chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Grants(pub u8);

impl Grants {
    /// No category at all. Not a valid grant by itself: required is always in one.
    pub const NONE: Grants = Grants(0);
    /// Only what the site needs to work.
    pub const REQUIRED: Grants = Grants(1);
    /// The built-in categories, whose bits never move.
    pub const BUILT_IN: Grants = Grants(0b111);
    /// Advertising alone.
    pub const ADVERTISING: Grants = Grants(0b100);

    /// The first `count` categories.
    pub const fn first(count: usize) -> Self {
        if count >= MOST_CATEGORIES { Grants(u8::MAX) } else { Grants((1 << count) - 1) }
    }

    /// Whether the category at this position is in the set.
    pub const fn has(self, index: usize) -> bool {
        index < MOST_CATEGORIES && self.0 >> index & 1 == 1
    }

    /// This set with the category at this position added.
    pub const fn with(self, index: usize) -> Self {
        if index < MOST_CATEGORIES { Grants(self.0 | 1 << index) } else { self }
    }

    /// What is in both.
    pub const fn and(self, other: Self) -> Self {
        Grants(self.0 & other.0)
    }

    /// What is in either.
    pub const fn or(self, other: Self) -> Self {
        Grants(self.0 | other.0)
    }

    /// What is in this one and not in the other.
    pub const fn without(self, other: Self) -> Self {
        Grants(self.0 & !other.0)
    }

    /// True when every category of this set is also in the other.
    pub const fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }
}
