//! What a browser says by itself: Global Privacy Control and Do Not Track, from headers and from the DOM.
//!
//! Sources: W3C Global Privacy Control (`Sec-GPC`, `navigator.globalPrivacyControl`); W3C Tracking Preference Expression
//! (`DNT`, `navigator.doNotTrack`). A signal can only ever deny; neither is consent, not even `DNT: 0`.

/// Global Privacy Control as one place reported it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Gpc {
    /// The visitor asks not to be sold or shared.
    On,
    /// The browser knows the signal and it is off. A header cannot say this.
    Off,
    /// Nothing was said.
    #[default]
    Absent,
}

/// Do Not Track as one place reported it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dnt {
    /// The visitor objects to tracking.
    On,
    /// The browser sent an explicit `0`. Recorded, but treated as no statement: it is not consent.
    Allow,
    /// Nothing was said.
    #[default]
    Unset,
}

/// Both signals as one place reported them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Signals {
    /// Global Privacy Control.
    pub gpc: Gpc,
    /// Do Not Track.
    pub dnt: Dnt,
}

/// What the request said beside what the page's DOM said: they can differ, and an auditor wants to see both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SignalEvidence {
    /// From the headers of the request that carried the record.
    pub header: Signals,
    /// From the page, as the client reported it.
    pub dom: Signals,
}

/// Which signals are in force, however we learned of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct InForce {
    /// Global Privacy Control is on, here or earlier.
    pub gpc: bool,
    /// Do Not Track is on, here or earlier.
    pub dnt: bool,
}

impl Signals {
    /// From the two request header values; absent headers are `None`.
    pub fn from_headers(sec_gpc: Option<&str>, dnt: Option<&str>) -> Self {
        Signals { gpc: parse_sec_gpc(sec_gpc.unwrap_or_default()), dnt: parse_dnt(dnt.unwrap_or_default()) }
    }

    /// Which of the two deny something.
    pub fn in_force(self) -> InForce {
        InForce { gpc: self.gpc == Gpc::On, dnt: self.dnt == Dnt::On }
    }
}

impl SignalEvidence {
    /// A signal counts when either place reported it.
    pub fn in_force(self) -> InForce {
        self.header.in_force().or(self.dom.in_force())
    }
}

impl InForce {
    /// True when at least one signal is on.
    pub const fn any(self) -> bool {
        self.gpc || self.dnt
    }

    /// True when each signal that is on here is on in the other too.
    pub const fn within(self, other: Self) -> bool {
        (!self.gpc || other.gpc) && (!self.dnt || other.dnt)
    }

    /// What either says.
    pub const fn or(self, other: Self) -> Self {
        InForce { gpc: self.gpc || other.gpc, dnt: self.dnt || other.dnt }
    }
}

/// `Sec-GPC`: on when at least one of the (comma-joined) values is exactly `1` (W3C GPC §3.3); there is no other value.
///
/// Repeated headers reach us joined by `, `, hence the split: `0, 1` is on, `01`, `1;x` and `true` are not.
pub fn parse_sec_gpc(value: &str) -> Gpc {
    let on = value.split(',').any(|part| part.trim_matches([' ', '\t']) == "1");
    if on { Gpc::On } else { Gpc::Absent }
}

/// `DNT`: the first character decides and extensions after it are ignored (W3C TPE §5.2); anything else says nothing.
pub fn parse_dnt(value: &str) -> Dnt {
    match value.trim_matches([' ', '\t']).as_bytes().first() {
        Some(b'1') => Dnt::On,
        Some(b'0') => Dnt::Allow,
        _ => Dnt::Unset,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_with_either_place_on_is_in_force() {
        let on = Signals { gpc: Gpc::On, dnt: Dnt::Unset };
        for evidence in [
            SignalEvidence { header: on, dom: Signals::default() },
            SignalEvidence { header: Signals::default(), dom: on },
        ] {
            assert!(evidence.in_force().gpc);
            assert!(!evidence.in_force().dnt);
        }
        assert!(!SignalEvidence::default().in_force().any());
    }
}
