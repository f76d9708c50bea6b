//! The section's fields as numbers under the specification's names: what is written into the string and told to pages.

use serde::Serialize;

use crate::bits::{Reader, Writer};
use crate::usnat::{Consent, Mspa, Notice, Right, UsNat};

/// The layout of the section that this is.
const VERSION: u8 = 2;
/// Which sub-section GPC is.
const GPC: u8 = 1;

/// The core segment. Fields are in the order of the string; a page asks for them by these names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "named by the specification; `UsNat` says what they mean")]
pub struct Core {
    pub version: u8,
    pub sharing_notice: u8,
    pub sale_opt_out_notice: u8,
    pub sharing_opt_out_notice: u8,
    pub targeted_advertising_opt_out_notice: u8,
    pub sensitive_data_processing_opt_out_notice: u8,
    pub sensitive_data_limit_use_notice: u8,
    pub sale_opt_out: u8,
    pub sharing_opt_out: u8,
    pub targeted_advertising_opt_out: u8,
    pub sensitive_data_processing: [u8; 16],
    pub known_child_sensitive_data_consents: [u8; 3],
    pub personal_data_consents: u8,
    pub mspa_covered_transaction: u8,
    pub mspa_opt_out_option_mode: u8,
    pub mspa_service_provider_mode: u8,
}

/// The GPC sub-section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Gpc {
    /// Always 1.
    pub subsection_type: u8,
    /// Whether the browser says it.
    pub gpc: bool,
}

impl Core {
    /// Into bits: six for the version, two for everything else.
    pub(crate) fn write(&self, out: &mut Writer) {
        out.int(self.version.into(), 6);
        let singles = [
            self.sharing_notice,
            self.sale_opt_out_notice,
            self.sharing_opt_out_notice,
            self.targeted_advertising_opt_out_notice,
            self.sensitive_data_processing_opt_out_notice,
            self.sensitive_data_limit_use_notice,
            self.sale_opt_out,
            self.sharing_opt_out,
            self.targeted_advertising_opt_out,
        ];
        let last = [
            self.personal_data_consents,
            self.mspa_covered_transaction,
            self.mspa_opt_out_option_mode,
            self.mspa_service_provider_mode,
        ];
        let lists = self.sensitive_data_processing.iter().chain(&self.known_child_sensitive_data_consents);
        for &two in singles.iter().chain(lists).chain(&last) {
            out.int(two.into(), 2);
        }
    }

    /// From bits, whatever they say.
    pub(crate) fn read(bits: &mut Reader) -> Option<Self> {
        let version = u8::try_from(bits.int(6)?).ok()?;
        let mut two = || bits.int(2).and_then(|two| u8::try_from(two).ok());
        Some(Self {
            version,
            sharing_notice: two()?,
            sale_opt_out_notice: two()?,
            sharing_opt_out_notice: two()?,
            targeted_advertising_opt_out_notice: two()?,
            sensitive_data_processing_opt_out_notice: two()?,
            sensitive_data_limit_use_notice: two()?,
            sale_opt_out: two()?,
            sharing_opt_out: two()?,
            targeted_advertising_opt_out: two()?,
            sensitive_data_processing: several(&mut two)?,
            known_child_sensitive_data_consents: several(&mut two)?,
            personal_data_consents: two()?,
            mspa_covered_transaction: two()?,
            mspa_opt_out_option_mode: two()?,
            mspa_service_provider_mode: two()?,
        })
    }
}

fn several<const N: usize>(two: &mut impl FnMut() -> Option<u8>) -> Option<[u8; N]> {
    let mut all = [0; N];
    for one in &mut all {
        *one = two()?;
    }
    Some(all)
}

impl Gpc {
    /// Into bits.
    pub(crate) fn write(&self, out: &mut Writer) {
        out.int(self.subsection_type.into(), 2);
        out.flag(self.gpc);
    }

    /// From bits, whatever they say.
    pub(crate) fn read(bits: &mut Reader) -> Option<Self> {
        Some(Self { subsection_type: u8::try_from(bits.int(2)?).ok()?, gpc: bits.flag()? })
    }
}

impl UsNat {
    /// Its core segment in numbers.
    pub fn core(&self) -> Core {
        let [sale, sharing, advertising] =
            [self.sale, self.sharing, self.targeted_advertising].map(Right::fields);
        let (covered, option, provider) = self.mspa.fields();
        Core {
            version: VERSION,
            sharing_notice: self.sharing_notice.field(),
            sale_opt_out_notice: sale.0,
            sharing_opt_out_notice: sharing.0,
            targeted_advertising_opt_out_notice: advertising.0,
            sensitive_data_processing_opt_out_notice: self.sensitive_opt_out_notice.field(),
            sensitive_data_limit_use_notice: self.sensitive_limit_notice.field(),
            sale_opt_out: sale.1,
            sharing_opt_out: sharing.1,
            targeted_advertising_opt_out: advertising.1,
            sensitive_data_processing: self.sensitive.map(Consent::field),
            known_child_sensitive_data_consents: self.children.map(Consent::field),
            personal_data_consents: self.personal_data.field(),
            mspa_covered_transaction: covered,
            mspa_opt_out_option_mode: option,
            mspa_service_provider_mode: provider,
        }
    }

    /// Its GPC sub-section.
    pub fn gpc(&self) -> Gpc {
        Gpc { subsection_type: GPC, gpc: self.gpc }
    }

    /// From numbers; `None` where they are of another version, out of range or contradict each other.
    pub(crate) fn from_fields(core: &Core, gpc: &Gpc) -> Option<Self> {
        if core.version != VERSION || gpc.subsection_type != GPC {
            return None;
        }
        Some(Self {
            sharing_notice: Notice::of(core.sharing_notice)?,
            sale: Right::of(core.sale_opt_out_notice, core.sale_opt_out)?,
            sharing: Right::of(core.sharing_opt_out_notice, core.sharing_opt_out)?,
            targeted_advertising: Right::of(
                core.targeted_advertising_opt_out_notice,
                core.targeted_advertising_opt_out,
            )?,
            sensitive_opt_out_notice: Notice::of(core.sensitive_data_processing_opt_out_notice)?,
            sensitive_limit_notice: Notice::of(core.sensitive_data_limit_use_notice)?,
            sensitive: consents(core.sensitive_data_processing)?,
            children: consents(core.known_child_sensitive_data_consents)?,
            personal_data: Consent::of(core.personal_data_consents)?,
            mspa: Mspa::of((
                core.mspa_covered_transaction,
                core.mspa_opt_out_option_mode,
                core.mspa_service_provider_mode,
            ))?,
            gpc: gpc.gpc,
        })
    }
}

fn consents<const N: usize>(fields: [u8; N]) -> Option<[Consent; N]> {
    let mut all = [Consent::NotApplicable; N];
    for (consent, field) in all.iter_mut().zip(fields) {
        *consent = Consent::of(field)?;
    }
    Some(all)
}

impl Notice {
    const ALL: [Notice; 3] = [Notice::NotApplicable, Notice::Given, Notice::NotGiven];

    const fn field(self) -> u8 {
        match self {
            Notice::NotApplicable => 0,
            Notice::Given => 1,
            Notice::NotGiven => 2,
        }
    }

    fn of(field: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.field() == field)
    }
}

impl Right {
    const ALL: [Right; 4] = [Right::NotApplicable, Right::NotNoticed, Right::OptedOut, Right::NotOptedOut];

    /// The notice, and the opt-out.
    const fn fields(self) -> (u8, u8) {
        match self {
            Right::NotApplicable => (0, 0),
            Right::NotNoticed => (2, 0),
            Right::OptedOut => (1, 1),
            Right::NotOptedOut => (1, 2),
        }
    }

    fn of(notice: u8, opt_out: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.fields() == (notice, opt_out))
    }
}

impl Consent {
    const ALL: [Consent; 3] = [Consent::NotApplicable, Consent::NotGiven, Consent::Given];

    const fn field(self) -> u8 {
        match self {
            Consent::NotApplicable => 0,
            Consent::NotGiven => 1,
            Consent::Given => 2,
        }
    }

    fn of(field: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|consent| consent.field() == field)
    }
}

impl Mspa {
    const ALL: [Mspa; 3] = [Mspa::NotCovered, Mspa::OptOutOption, Mspa::ServiceProvider];

    /// Covered, opt-out option mode, service provider mode.
    const fn fields(self) -> (u8, u8, u8) {
        match self {
            Mspa::NotCovered => (2, 0, 0),
            Mspa::OptOutOption => (1, 1, 2),
            Mspa::ServiceProvider => (1, 2, 1),
        }
    }

    fn of(fields: (u8, u8, u8)) -> Option<Self> {
        Self::ALL.into_iter().find(|mspa| mspa.fields() == fields)
    }
}
