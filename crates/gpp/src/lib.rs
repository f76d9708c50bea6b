//! IAB Global Privacy Platform: the string that tells advertising systems in the United States what a visitor opted out of.
//!
//! In scope: the string's header, the US National section (id 7, version 2, with its GPC sub-section), what Consentry's own
//! facts come to in its fields, and what the gate's part `gpp` is handed.
//! Out of scope: pages, policies, places, clocks, JSON. Other sections: there is no TC string here, because only a CMP
//! that is registered with IAB Europe may make one.
//!
//! Sources, by InteractiveAdvertisingBureau/Global-Privacy-Platform: `Core/Consent String Specification.md` (called *Core*
//! here), `Core/CMP API Specification.md` 1.1 (*API*), `Sections/US-National` 2.0 (*USNat*).
//!
//! Reading order: [`mod@usnat`] has the vocabulary, [`visitor`] the choices made in it, [`string`] puts it into letters,
//! [`mod@config`] hands it to the page.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod bits;
pub mod config;
mod fields;
pub mod header;
pub mod string;
pub mod usnat;
pub mod visitor;

pub use config::{Applies, Config, config};
pub use fields::{Core, Gpc};
pub use header::SectionId;
pub use string::{DecodeError, decode, encode};
pub use usnat::{Consent, Mspa, Notice, Right, UsNat};
pub use visitor::{Visitor, usnat};
