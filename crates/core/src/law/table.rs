//! The table: one row per place, strictest country groups first, then the states of the US, then the rest.
//!
//! Months become days so that no calendar can be cheated: a limit of six months is the shortest six months there are (181
//! days), a wait of six months the longest (184), and a wait of twelve months a leap year (366).

use super::{Checked, Law, Rules};
use crate::jurisdiction::Model;

/// At most six, or thirteen, months: never more, wherever the months begin.
const SIX_MONTHS_AT_MOST: u16 = 181;
const THIRTEEN_MONTHS_AT_MOST: u16 = 393;
/// At least six, or twelve, months.
const SIX_MONTHS_AT_LEAST: u16 = 184;
const TWELVE_MONTHS_AT_LEAST: u16 = 366;
/// California and Colorado ask for two years of records.
const TWO_YEARS: u16 = 24;

// Six months without another question after a refusal: what regulators recommend, and what COM(2025) 837 would make law.
const EUROPE: Rules =
    Rules { choice_days: (1, THIRTEEN_MONTHS_AT_MOST), cooldown_days: SIX_MONTHS_AT_LEAST, ..Rules::OPT_IN };
const OPT_OUT: Rules = Rules { model: Model::OptOut, ..Rules::OPT_IN };
const SIGNAL: Rules = Rules { signal_binding: true, ..OPT_OUT };
const CALIFORNIA: Rules = Rules {
    opt_out_entry: true,
    honoured_display: true,
    // A choice can be an opt-out with other things left on: it, too, is left in peace for the whole of the twelve months.
    choice_days: (TWELVE_MONTHS_AT_LEAST, Rules::OPT_IN.choice_days.1),
    cooldown_days: TWELVE_MONTHS_AT_LEAST,
    record_months: TWO_YEARS,
    ..SIGNAL
};

/// Everywhere else, known or not: the strictest. A policy may say otherwise, we may not guess.
pub(super) const ELSEWHERE: Law = Law {
    place: "*",
    rules: Rules::OPT_IN,
    law: "none looked up",
    section: "the strictest model, so that nobody's law is broken by a guess",
    since: "",
    checked: Checked::No,
};

const fn opt_in(place: &'static str, law: &'static str, section: &'static str, since: &'static str) -> Law {
    Law { place, rules: Rules::OPT_IN, law, section, since, checked: Checked::No }
}

/// A member of the European Union or the European Economic Area.
const fn member(place: &'static str, since: &'static str) -> Law {
    limited(
        place,
        EUROPE,
        since,
        "refreshed at appropriate intervals: EDPB guidelines 05/2020; at least every 13 months: TCF policies; not asked again for six months after a refusal: recommended by regulators, COM(2025) 837 Art. 88a would require it",
    )
}

/// A member whose regulator says more of how long a choice holds.
const fn limited(place: &'static str, rules: Rules, since: &'static str, section: &'static str) -> Law {
    Law {
        place,
        rules,
        law: "ePrivacy Directive Art. 5(3); GDPR Art. 4(11), 6(1)(a), 7",
        section,
        since,
        checked: Checked::Commentary,
    }
}

const fn state(
    place: &'static str,
    rules: Rules,
    law: &'static str,
    section: &'static str,
    since: &'static str,
) -> Law {
    Law { place, rules, law, section, since, checked: Checked::Commentary }
}

/// A state with a right to opt out whose law is silent on signals.
const fn silent(place: &'static str, law: &'static str, since: &'static str) -> Law {
    Law {
        place,
        rules: OPT_OUT,
        law,
        section: "right to opt out of targeted advertising and sale; silent on signals",
        since,
        checked: Checked::No,
    }
}

const fn opt_out(place: &'static str, law: &'static str, section: &'static str) -> Law {
    Law { place, rules: OPT_OUT, law, section, since: "", checked: Checked::No }
}

const GDPR: &str = "2018-05-25";
const EEA: &str = "2018-07-20";

/// Every row. A place that has none is ruled by its country's, or by the strictest.
pub const TABLE: &[Law] = &[
    member("AT", GDPR),
    member("BE", GDPR),
    member("BG", GDPR),
    member("HR", GDPR),
    member("CY", GDPR),
    member("CZ", GDPR),
    member("DK", GDPR),
    member("EE", GDPR),
    member("FI", GDPR),
    limited(
        "FR",
        Rules { choice_days: (1, SIX_MONTHS_AT_MOST), ..EUROPE },
        GDPR,
        "Loi Informatique et Libertés Art. 82; CNIL guidelines 2020-091 and recommendation 2020-092: refusing as easy as accepting; choices kept for six months",
    ),
    member("DE", GDPR),
    member("GR", GDPR),
    member("HU", GDPR),
    limited(
        "IE",
        Rules { choice_days: (1, SIX_MONTHS_AT_MOST), ..EUROPE },
        GDPR,
        "S.I. 336/2011 reg. 5; DPC guidance on cookies: consent lasts for six months",
    ),
    limited(
        "IT",
        EUROPE,
        GDPR,
        "Codice Privacy Art. 122; Garante 10 June 2021 n. 231: not asked again for six months after a refusal",
    ),
    member("LV", GDPR),
    member("LT", GDPR),
    member("LU", GDPR),
    member("MT", GDPR),
    member("NL", GDPR),
    member("PL", GDPR),
    member("PT", GDPR),
    member("RO", GDPR),
    member("SK", GDPR),
    member("SI", GDPR),
    member("ES", GDPR),
    member("SE", GDPR),
    member("IS", EEA),
    member("LI", EEA),
    member("NO", EEA),
    Law {
        place: "GB",
        rules: Rules { cooldown_days: 0, ..EUROPE },
        law: "PECR; UK GDPR; Data (Use and Access) Act 2025",
        section: "PECR reg. 6; UK GDPR Art. 4(11), 7. The exemptions of 2025 for own statistics are not used",
        since: "2021-01-01",
        checked: Checked::No,
    },
    Law {
        place: "CH",
        rules: Rules::OPT_IN,
        law: "Telecommunications Act; Data Protection Act",
        section: "TCA Art. 45c; FDPIC guide on cookies of January 2025: consent for profiling with high risk",
        since: "2023-09-01",
        checked: Checked::Commentary,
    },
    // The United States.
    state(
        "US-CA",
        CALIFORNIA,
        "California Consumer Privacy Act; CCPA Regulations",
        "Civ. Code §1798.120, §1798.135(c)(4): no request to opt in again for 12 months; 11 CCR §7013, §7015 (entry), §7025(b), (c)(5)-(6) (signal, display since 2026-01-01), §7101 (records)",
        "2020-01-01",
    ),
    state(
        "US-CO",
        Rules { record_months: TWO_YEARS, ..SIGNAL },
        "Colorado Privacy Act; 4 CCR 904-3",
        "C.R.S. §6-1-1306(1)(a); Rules 5.08, 5.09(B) (signal binding since 2024-07-01, its absence is no consent), 6.11 (records)",
        "2023-07-01",
    ),
    state(
        "US-CT",
        SIGNAL,
        "Connecticut Data Privacy Act",
        "Conn. Gen. Stat. §42-520; signal binding since 2025-01-01",
        "2023-07-01",
    ),
    state(
        "US-DE",
        SIGNAL,
        "Delaware Personal Data Privacy Act",
        "6 Del. C. ch. 12D; signal binding since 2026-01-01",
        "2025-01-01",
    ),
    state(
        "US-MD",
        SIGNAL,
        "Maryland Online Data Privacy Act",
        "Md. Code, Com. Law, title 14, subtitle 47; signal binding since 2025-10-01",
        "2025-10-01",
    ),
    state(
        "US-MN",
        SIGNAL,
        "Minnesota Consumer Data Privacy Act",
        "Minn. Stat. ch. 325M; signal binding since 2025-07-31",
        "2025-07-31",
    ),
    state(
        "US-MT",
        SIGNAL,
        "Montana Consumer Data Privacy Act",
        "Mont. Code title 30, ch. 14, part 28; signal binding since 2025-01-01",
        "2024-10-01",
    ),
    state(
        "US-NE",
        SIGNAL,
        "Nebraska Data Privacy Act",
        "Neb. Rev. Stat. §87-1101 ff.; signals recognised in another state, since 2025-01-01",
        "2025-01-01",
    ),
    state(
        "US-NH",
        SIGNAL,
        "New Hampshire Privacy Act",
        "RSA ch. 507-H; signal binding since 2025-01-01",
        "2025-01-01",
    ),
    state(
        "US-NJ",
        SIGNAL,
        "New Jersey Data Privacy Act",
        "N.J.S.A. 56:8-166.4 ff.; signal binding since 2025-07-15",
        "2025-01-15",
    ),
    state(
        "US-OR",
        SIGNAL,
        "Oregon Consumer Privacy Act",
        "ORS 646A.570 ff.; signal binding since 2026-01-01",
        "2024-07-01",
    ),
    state(
        "US-TX",
        SIGNAL,
        "Texas Data Privacy and Security Act",
        "Bus. & Com. Code ch. 541; signals recognised in another state, since 2025-01-01",
        "2024-07-01",
    ),
    silent("US-FL", "Florida Digital Bill of Rights", "2024-07-01"),
    silent("US-IA", "Iowa Consumer Data Protection Act", "2025-01-01"),
    silent("US-IN", "Indiana Consumer Data Protection Act", "2026-01-01"),
    silent("US-KY", "Kentucky Consumer Data Protection Act", "2026-01-01"),
    silent("US-NV", "Nevada Senate Bill 220", "2019-10-01"),
    silent("US-RI", "Rhode Island Data Transparency and Privacy Protection Act", "2026-01-01"),
    silent("US-TN", "Tennessee Information Protection Act", "2025-07-01"),
    silent("US-UT", "Utah Consumer Privacy Act", "2023-12-31"),
    silent("US-VA", "Virginia Consumer Data Protection Act", "2023-01-01"),
    Law {
        place: "US-*",
        rules: Rules { model: Model::Notice, ..Rules::OPT_IN },
        law: "no comprehensive law",
        section: "a notice; signals are honoured all the same, one rule for the whole country",
        since: "",
        checked: Checked::No,
    },
    Law {
        place: "US",
        rules: CALIFORNIA,
        law: "state unknown",
        section: "as in California, the state that asks for most",
        since: "",
        checked: Checked::No,
    },
    // The Americas.
    Law {
        place: "CA-QC",
        rules: Rules::OPT_IN,
        law: "Québec Law 25 (CQLR c. P-39.1)",
        section: "s. 8.1: functions that identify, locate or profile are off until switched on",
        since: "2023-09-22",
        checked: Checked::Commentary,
    },
    opt_out("CA", "PIPEDA", "OPC guidelines on online behavioural advertising: implied consent, opt-out"),
    opt_in("BR", "LGPD", "Art. 7(I), 8; ANPD guide on cookies: granular, refusing as easy", "2020-09-18"),
    opt_out("MX", "LFPDPPP", "privacy notice and a way to refuse"),
    opt_in("BM", "Personal Information Protection Act 2016", "s. 6", "2025-01-01"),
    // Asia, Africa, Oceania.
    opt_in(
        "IN",
        "DPDP Act 2023; DPDP Rules 2025",
        "s. 6: free, specific, informed; in full from 2027-05-13",
        "2025-11-13",
    ),
    opt_in(
        "JP",
        "Telecommunications Business Act; APPI",
        "TBA Art. 27-12: notice or opt-out would do; the stricter is kept",
        "2023-06-16",
    ),
    opt_in("KR", "PIPA", "Art. 15, 22", ""),
    opt_in("TR", "KVKK Law no. 6698", "Art. 5; guide on cookies of June 2022", ""),
    opt_in("TH", "PDPA B.E. 2562", "s. 19", "2022-06-01"),
    opt_in("CN", "PIPL", "Art. 13, 14", "2021-11-01"),
    opt_in("KE", "Data Protection Act 2019", "s. 30, 32", ""),
    opt_in("NG", "Data Protection Act 2023", "s. 25, 26", ""),
    opt_in("MU", "Data Protection Act 2017", "s. 24, 28", ""),
    opt_in("SA", "Personal Data Protection Law", "Art. 5, 6", ""),
    opt_in("ZA", "POPIA", "s. 11, 69", ""),
    opt_out("AU", "Privacy Act 1988", "APP 5, 7"),
    opt_out("NZ", "Privacy Act 2020", "IPP 3"),
    opt_out("SG", "PDPA 2012", "s. 15, 15A: deemed consent, with a way to refuse"),
    opt_out("HK", "Personal Data (Privacy) Ordinance", "part 6A"),
];
