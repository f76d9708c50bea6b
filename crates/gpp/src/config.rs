//! What the gate's part `gpp` is handed: every string it may have to say, so that nothing is encoded in a page.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::fields::{Core, Gpc};
use crate::header::SectionId;
use crate::string::encode;
use crate::usnat::UsNat;
use crate::visitor::{Visitor, usnat};

/// The id of a CMP that has none: who writes US sections outside the MSPA is not registered anywhere (API, *cmpId*).
const CMP_ID: u8 = 1;
/// `applicableSections` where none applies (API, *PingReturn*).
const NONE: i16 = -1;
/// The section's name in the API (`Sections/Section Information.md`).
const PREFIX: &str = "usnat";

/// Whether the section applies to this visitor: to those who are, or may be, in the United States.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applies {
    /// It does.
    Yes,
    /// It does not: the API is there and says so, so that nobody waits for it.
    No,
}

/// The part's configuration. `www/gate/src/parts/gpp.ts` declares the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Config {
    /// The category that sale, sharing and targeted advertising are.
    category: String,
    /// `cmpId`.
    cmp: u8,
    /// The section's name.
    prefix: &'static str,
    /// The section's id.
    section: u8,
    /// The section in force: its id, or -1.
    applicable: i16,
    /// The string, at `granted + 2 × gpc`.
    strings: Vec<String>,
    /// The core segment: denied, granted. Empty where the section does not apply.
    core: Vec<Core>,
    /// The GPC sub-section: off, on. Empty where the section does not apply.
    gpc: Vec<Gpc>,
}

/// The configuration for visitors of one place. `category` is the identifier of the category *advertising*.
pub fn config(applies: Applies, category: &str) -> Config {
    // A page that has this part has a gate, and with it the layer or the link: the notice.
    let section = |advertising, gpc| usnat(Visitor { advertising, gpc, noticed: true });
    let all: Vec<UsNat> = [(false, false), (true, false), (false, true), (true, true)]
        .map(|(granted, gpc)| section(granted, gpc))
        .into();
    let is_in_force = applies == Applies::Yes;
    let when = |wanted: bool| if wanted { 2 } else { 0 };
    Config {
        category: category.into(),
        cmp: CMP_ID,
        prefix: PREFIX,
        section: SectionId::USNAT.get(),
        applicable: if is_in_force { SectionId::USNAT.get().into() } else { NONE },
        strings: all.iter().map(|section| encode(is_in_force.then_some(section))).collect(),
        core: all.iter().take(when(is_in_force)).map(UsNat::core).collect(),
        gpc: all.iter().step_by(2).take(when(is_in_force)).map(UsNat::gpc).collect(),
    }
}
