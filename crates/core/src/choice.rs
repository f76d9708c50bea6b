//! The choice cookie: the one thing stored in the visitor's browser, and only after a decision or a signal.
//!
//! Value: `1.FP.GG.FF.A.S.SERVICES.SUBJECT.RECORD.PREVIOUS`, at most 168 bytes of `a-z 0-9 .`, where
//! `1` is the version of this format, `FP` the policy's fingerprint (16 hex digits), `GG` the granted categories
//! (2 hex digits, bit 0 = required), `FF` the flags (2 hex digits, [`Flags`]), `A` the action and `S` the source (a letter
//! each), `SERVICES` the services refused inside granted categories (hex, least significant byte first, no trailing `00`,
//! empty when none), then visitor, record and superseded record (32 hex digits each; the last may be empty).
//! The time of the choice is inside the record's identifier. An unknown version or any other form is *no choice*.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use crate::bytes::{parse_hex, serialize_hex};
use crate::category::Grants;
use crate::id::{RecordId, SubjectId};
use crate::policy::{Fingerprint, MOST_SERVICES};
use crate::signal::InForce;
use crate::time::UnixMillis;

/// The version this code writes, and the only one it reads.
pub const VERSION: &str = "1";
/// Cookie name on plain HTTP, which is only ever a developer's own machine: WebKit refuses prefixed names there.
pub const NAME: &str = "consentry";
/// Prefix on HTTPS: no `Domain`, `Path=/`, `Secure`, so no sibling host can plant a choice (RFC 6265bis §4.1.3.2).
pub const HOST_PREFIX: &str = "__Host-";
/// Prefix on HTTPS where the policy shares the choice across subdomains, which `__Host-` forbids.
pub const SHARED_PREFIX: &str = "__Secure-";
/// Longest value [`serialize_choice`] can write.
pub const LONGEST_VALUE: usize = 168;

const SERVICE_BYTES: usize = MOST_SERVICES / 8;

/// What the visitor did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Agreed to every category.
    AcceptAll,
    /// Refused everything that can be refused.
    RejectAll,
    /// Chose category by category.
    Save,
    /// Took back an earlier agreement, entirely.
    Withdraw,
    /// Nothing: the browser's signal spoke.
    Signal,
}

/// How it reached us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// The banner's first layer.
    Banner,
    /// The preference centre.
    Preferences,
    /// The server-rendered page, JavaScript or not.
    Form,
    /// The site's own code. It cannot have told the visitor of a signal, so it never overrides one.
    Api,
    /// Global Privacy Control.
    Gpc,
    /// Do Not Track.
    Dnt,
}

macro_rules! words {
    ($name:ident { $($variant:ident $letter:literal $word:literal),+ }) => {
        impl $name {
            /// Every value, in the order of the documentation.
            pub const ALL: &[$name] = &[$($name::$variant),+];
            /// The letter in the choice cookie.
            pub const fn letter(self) -> char {
                match self { $($name::$variant => $letter),+ }
            }
            /// The word on the wire and in exports.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
            /// From the wire word.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some($name::$variant),)+ _ => None }
            }
            fn from_letter(text: &str) -> Option<Self> {
                let mut characters = text.chars();
                let letter = characters.next()?;
                if characters.next().is_some() { return None }
                match letter { $($letter => Some($name::$variant),)+ _ => None }
            }
        }
    };
}
words!(Action { AcceptAll 'a' "accept_all", RejectAll 'r' "reject_all", Save 's' "save", Withdraw 'w' "withdraw", Signal 'g' "signal" });
words!(Source { Banner 'b' "banner", Preferences 'p' "preferences", Form 'f' "form", Api 'i' "api", Gpc 'g' "gpc", Dnt 'd' "dnt" });

/// What else is true of a stored choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub u8);

impl Flags {
    /// The visitor (or the site for them) chose; without it, only a signal was noted. A signal that narrows an earlier choice
    /// keeps it: otherwise what was refused by hand would fall back to the model's default.
    pub const EXPLICIT: u8 = 1;
    /// Chosen after being told that a signal says otherwise: overrides the signals seen until then (the two bits below) on
    /// this site. One that is first heard later was not spoken of, so it counts ([`Flags::noting`]).
    pub const OVERRIDE: u8 = 2;
    /// Global Privacy Control was seen. Its later absence changes nothing (4 CCR 904-3 Rule 5.09(B)).
    pub const GPC: u8 = 4;
    /// Do Not Track was seen.
    pub const DNT: u8 = 8;
    /// The log has not acknowledged it yet.
    pub const UNRECORDED: u8 = 16;
    const KNOWN: u8 = 31;

    /// Whether all of these bits are set.
    pub const fn has(self, bits: u8) -> bool {
        self.0 & bits == bits
    }

    /// These flags once the signals heard now are noted. A new one ends an override, which did not speak of it.
    pub const fn noting(self, heard: InForce) -> Self {
        let kept = if heard.within(self.seen()) { self.0 } else { self.0 & !Self::OVERRIDE };
        let gpc = if heard.gpc { Self::GPC } else { 0 };
        let dnt = if heard.dnt { Self::DNT } else { 0 };
        Flags(kept | gpc | dnt)
    }

    /// The signals seen so far.
    pub const fn seen(self) -> InForce {
        InForce { gpc: self.has(Self::GPC), dnt: self.has(Self::DNT) }
    }
}

/// Services refused one by one, as bits in the policy's order. Meaningful only under the policy of the same fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ServiceSet([u8; SERVICE_BYTES]);

impl ServiceSet {
    /// Whether the service at this position is in the set.
    pub fn has(&self, index: usize) -> bool {
        self.0.get(index / 8).is_some_and(|byte| byte >> (index % 8) & 1 == 1)
    }

    /// Adds a service; positions beyond [`MOST_SERVICES`] cannot exist and are ignored.
    pub fn insert(&mut self, index: usize) {
        if let Some(byte) = self.0.get_mut(index / 8) {
            *byte |= 1 << (index % 8);
        }
    }

    /// True when no service is in it.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|&byte| byte == 0)
    }

    /// The positions in it, ascending.
    pub fn indexes(&self) -> impl Iterator<Item = usize> + '_ {
        (0..MOST_SERVICES).filter(|&index| self.has(index))
    }

    fn to_hex(self) -> String {
        let length = self.0.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        serialize_hex(self.0.get(..length).unwrap_or_default())
    }

    fn from_hex(text: &str) -> Option<Self> {
        // One spelling per set: an even number of digits, no trailing zero byte.
        if !text.len().is_multiple_of(2) || text.len() > SERVICE_BYTES * 2 || text.ends_with("00") {
            return None;
        }
        let mut set = Self::default();
        for (byte, pair) in set.0.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let [value] = parse_hex::<1>(core::str::from_utf8(pair).ok()?)?;
            *byte = value;
        }
        Some(set)
    }
}

impl FromIterator<usize> for ServiceSet {
    fn from_iter<I: IntoIterator<Item = usize>>(indexes: I) -> Self {
        let mut set = Self::default();
        indexes.into_iter().for_each(|index| set.insert(index));
        set
    }
}

/// A stored choice, or a stored signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The policy it was made under.
    pub fingerprint: Fingerprint,
    /// What was granted.
    pub grants: Grants,
    /// See [`Flags`].
    pub flags: Flags,
    /// What was done.
    pub action: Action,
    /// How.
    pub source: Source,
    /// Services refused inside granted categories.
    pub denied_services: ServiceSet,
    /// The visitor, on this site.
    pub subject: SubjectId,
    /// The record of this decision; carries its time.
    pub record: RecordId,
    /// The record this one supersedes.
    pub previous: Option<RecordId>,
}

impl Choice {
    /// When it was made, by the client's clock.
    pub fn time(&self) -> UnixMillis {
        self.record.client_time()
    }

    /// Chosen, not merely signalled.
    pub fn is_explicit(&self) -> bool {
        self.flags.has(Flags::EXPLICIT)
    }

    /// A refusal of everything that can be refused.
    pub fn is_refusal(&self) -> bool {
        self.is_explicit() && self.grants == Grants::REQUIRED
    }
}

/// The cookie value of a choice.
pub fn serialize_choice(choice: &Choice) -> String {
    let mut value = String::with_capacity(LONGEST_VALUE);
    // Writing to a String cannot fail.
    let _ = write!(
        value,
        "{VERSION}.{}.{:02x}.{:02x}.{}.{}.{}.{}.{}.{}",
        serialize_hex(&choice.fingerprint.0),
        choice.grants.0,
        choice.flags.0,
        choice.action.letter(),
        choice.source.letter(),
        choice.denied_services.to_hex(),
        choice.subject.to_hex(),
        choice.record.to_hex(),
        choice.previous.map(|id| id.to_hex()).unwrap_or_default(),
    );
    value
}

/// A choice from a cookie value. `None`, hence "ask", for anything this version would not have written: a forged or
/// damaged cookie grants nothing.
pub fn parse_choice(value: &str) -> Option<Choice> {
    if value.len() > LONGEST_VALUE {
        return None;
    }
    let fields: Vec<&str> = value.split('.').collect();
    let &[VERSION, fingerprint, grants, flags, action, source, services, subject, record, previous] =
        fields.as_slice()
    else {
        return None;
    };
    let [grants] = parse_hex::<1>(grants)?;
    let [flags] = parse_hex::<1>(flags)?;
    let hex_id = |text: &str| if text.len() == 32 { RecordId::parse(text) } else { None };
    let choice = Choice {
        fingerprint: Fingerprint(parse_hex(fingerprint)?),
        grants: Grants(grants),
        flags: Flags(flags),
        action: Action::from_letter(action)?,
        source: Source::from_letter(source)?,
        denied_services: ServiceSet::from_hex(services)?,
        subject: SubjectId::new(parse_hex(subject)?),
        record: hex_id(record)?,
        previous: if previous.is_empty() { None } else { Some(hex_id(previous)?) },
    };
    let sound = Grants::REQUIRED.within(choice.grants)
        && flags & !Flags::KNOWN == 0
        && (choice.is_explicit() || choice.action == Action::Signal)
        // Only a person overrides, and only a signal can be overridden.
        && (!choice.flags.has(Flags::OVERRIDE)
            || choice.flags.seen().any() && choice.action != Action::Signal);
    sound.then_some(choice)
}
