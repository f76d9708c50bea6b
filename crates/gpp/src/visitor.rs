//! What Consentry knows of a visitor, and what that comes to in the section's fields. Every choice is made here, once.

use crate::usnat::{Consent, Mspa, Notice, Right, UsNat};

/// What is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    /// The category *advertising* is granted: by the place's default, or by the visitor's choice.
    pub advertising: bool,
    /// The browser says Global Privacy Control, in a header or in the page, whatever followed from it.
    pub gpc: bool,
    /// The page offers the choice: first layer, status or the link to the preferences.
    pub noticed: bool,
}

/// The section for this visitor.
///
/// - `SharingNotice`, and the notices of the rights to opt out: given, as Consentry shows its first layer or its link on every
///   page (USNat: 1, *notice was provided*). Not given where the page shows nothing; then the rights say nothing either
///   (USNat, *SaleOptOut* 0: *no notice was provided*).
/// - Sale, sharing and targeted advertising are one category here, so they are opted out of together. Denied is *opted out*, also
///   where nothing has been chosen yet and the default denies: *did not opt out* would let a reader go ahead with what the
///   page holds back, and the section has no third value for it.
/// - Sensitive data and data of known children: not applicable, as Consentry asks nobody about them. A site that
///   processes such data for advertising must not use this section as it is (`docs/gpp.md`).
/// - `PersonalDataConsents`: not applicable; undisclosed uses are nothing that Consentry collects consent to.
/// - `MspaCoveredTransaction`: no, always, hence no mode (USNat: the business *is a signatory … and declares*). Who did not sign
///   the agreement must not say otherwise, and a string cannot know who did.
/// - `Gpc`: what the browser says (USNat, *GPC Sub-section*: *pass along the value*). A visitor who was told of the signal and
///   granted advertising all the same has both: GPC on, not opted out.
pub fn usnat(visitor: Visitor) -> UsNat {
    let right = match (visitor.noticed, visitor.advertising) {
        (false, _) => Right::NotNoticed,
        (true, false) => Right::OptedOut,
        (true, true) => Right::NotOptedOut,
    };
    UsNat {
        sharing_notice: if visitor.noticed { Notice::Given } else { Notice::NotGiven },
        sale: right,
        sharing: right,
        targeted_advertising: right,
        sensitive_opt_out_notice: Notice::NotApplicable,
        sensitive_limit_notice: Notice::NotApplicable,
        sensitive: [Consent::NotApplicable; 16],
        children: [Consent::NotApplicable; 3],
        personal_data: Consent::NotApplicable,
        mspa: Mspa::NotCovered,
        gpc: visitor.gpc,
    }
}
