//! The US National section in words that cannot contradict each other (USNat, *Core Segment* and *GPC Sub-section*).

/// A notice to the consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The business does not do what the notice would be about.
    NotApplicable,
    /// It was given.
    Given,
    /// It was not.
    NotGiven,
}

/// A right to opt out: whether it was offered, and then whether it was used. In the string these are two fields, and the
/// second must not speak where the first says that nobody was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// The business does not do what one could opt out of.
    NotApplicable,
    /// Nobody was told of the right.
    NotNoticed,
    /// Told, and opted out.
    OptedOut,
    /// Told, and did not opt out.
    NotOptedOut,
}

/// Consent to something that needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// The business does not do what it would be needed for.
    NotApplicable,
    /// Not given.
    NotGiven,
    /// Given.
    Given,
}

/// Whether the transaction is covered by IAB's Multi-State Privacy Agreement, a contract that one signs. A mode belongs to
/// a covered transaction only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mspa {
    /// It is not.
    NotCovered,
    /// It is, in opt-out option mode.
    OptOutOption,
    /// It is, in service provider mode.
    ServiceProvider,
}

/// The section, with its GPC sub-section, which is always written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsNat {
    /// Notice of the processing itself (`SharingNotice`).
    pub sharing_notice: Notice,
    /// Sale.
    pub sale: Right,
    /// Sharing for cross-context behavioural advertising (California).
    pub sharing: Right,
    /// Targeted advertising.
    pub targeted_advertising: Right,
    /// Notice of the right to opt out of the processing of sensitive data.
    pub sensitive_opt_out_notice: Notice,
    /// Notice of the right to limit the use of sensitive data.
    pub sensitive_limit_notice: Notice,
    /// Sensitive data, by the sixteen kinds of the specification, in its order.
    pub sensitive: [Consent; 16],
    /// Data of known children: 13 to 16, under 13, 16 to 17.
    pub children: [Consent; 3],
    /// Uses that were not disclosed.
    pub personal_data: Consent,
    /// The contract.
    pub mspa: Mspa,
    /// Global Privacy Control, as the browser says it.
    pub gpc: bool,
}
