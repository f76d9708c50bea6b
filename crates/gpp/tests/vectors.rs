//! `tests/vectors/gpp.json`: what the gate's part is handed, and strings with what is in them, for readers in other languages.
//!
//! A stale file fails; `CONSENTRY_WRITE=1` writes it. What is right is said by `known.rs`: known strings and another reader.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::path::Path;

use consentry_gpp::{
    Applies, Consent, Mspa, Notice, Right, SectionId, UsNat, Visitor, config, encode, header, usnat,
};
use serde_json::{Value, json};

/// A case: its name, the string, and the two segments in numbers.
fn case(name: &str, section: &UsNat) -> Value {
    json!({ "name": name, "string": encode(Some(section)), "core": section.core(), "gpc": section.gpc() })
}

/// What Consentry says of visitors.
fn visitors() -> impl Iterator<Item = Value> {
    (0..8).map(|bits| {
        let [advertising, gpc, noticed] = [1, 2, 4].map(|bit| bits & bit != 0);
        let word = |is: bool, yes: &'static str, no: &'static str| if is { yes } else { no };
        let name = format!(
            "{}, GPC {}, {}",
            word(advertising, "granted", "denied"),
            word(gpc, "on", "off"),
            word(noticed, "told", "not told"),
        );
        case(&name, &usnat(Visitor { advertising, gpc, noticed }))
    })
}

/// What Consentry never says, so that a field in the wrong place is seen: each value of each field at least once, and no two
/// neighbours alike for long.
fn others() -> impl Iterator<Item = Value> {
    let notices = [Notice::NotApplicable, Notice::Given, Notice::NotGiven];
    let rights = [Right::NotApplicable, Right::NotNoticed, Right::OptedOut, Right::NotOptedOut];
    let consents = [Consent::NotApplicable, Consent::NotGiven, Consent::Given];
    let modes = [Mspa::NotCovered, Mspa::OptOutOption, Mspa::ServiceProvider];
    (0..12).map(move |step: usize| {
        let [notice, consent, mspa] = [step, step * step + 1, step / 2].map(|number| number % 3);
        let section = UsNat {
            sharing_notice: notices[notice],
            sale: rights[step % 4],
            sharing: rights[(step + 1) % 4],
            targeted_advertising: rights[(step / 3 + 2) % 4],
            sensitive_opt_out_notice: notices[(step + 1) % 3],
            sensitive_limit_notice: notices[(step / 2) % 3],
            sensitive: std::array::from_fn(|kind| consents[(kind * kind + step) % 3]),
            children: std::array::from_fn(|age| consents[(age + step) % 3]),
            personal_data: consents[consent],
            mspa: modes[mspa],
            gpc: step % 2 == 1,
        };
        case(&format!("mixed {step}"), &section)
    })
}

/// Headers by themselves, as the reference library writes them.
fn headers() -> Vec<Value> {
    let all: [&[u8]; 6] = [&[], &[2], &[2, 6], &[5, 6], &[7], &[2, 6, 7, 8, 9, 20]];
    all.iter()
        .map(|ids| {
            let set = ids.iter().filter_map(|&id| SectionId::new(id)).collect();
            json!({ "sections": ids, "string": header::serialize_header(&set) })
        })
        .collect()
}

#[test]
fn vectors_for_other_readers_are_what_is_written_here() {
    let all = json!({
        "headers": headers(),
        "config": { "yes": config(Applies::Yes, "advertising"), "no": config(Applies::No, "advertising") },
        "cases": visitors().chain(others()).collect::<Vec<_>>(),
    });
    // A case per line, so that a difference can be read.
    let text =
        serde_json::to_string(&sorted(all)).unwrap().replace("},{", "},\n{").replace("}],", "}],\n") + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/gpp.json");
    if std::env::var_os("CONSENTRY_WRITE").is_some() {
        std::fs::write(&path, &text).expect("the file can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == text, "tests/vectors/gpp.json is stale: CONSENTRY_WRITE=1 cargo test -p consentry-gpp");
}

/// Members in the order of their names: what other packages of the workspace switch on in `serde_json` must not matter.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(all) => all.into_iter().map(sorted).collect(),
        Value::Object(members) => {
            let members: std::collections::BTreeMap<String, Value> = members.into_iter().collect();
            members.into_iter().map(|(name, value)| (name, sorted(value))).collect()
        }
        other => other,
    }
}
