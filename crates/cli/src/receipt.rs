//! Verifying a receipt: the proof that a log holds one record, with nothing but the log's key.

use consentry_api::record::Receipt;
use consentry_api::time::serialize_time;
use consentry_core::bytes::serialize_hex;
use consentry_verify::{ReceiptError, VerifiedReceipt, verify_proof, verify_receipt};
use serde_json::{Value, json};

use crate::args::ReceiptVerify;
use crate::failure::Failure;

/// Verifies a receipt.
pub fn verify(args: &ReceiptVerify) -> Result<(), Failure> {
    let text = std::fs::read(&args.file).map_err(|error| {
        Failure::refused(format!("{} cannot be read: {error}", args.file.display()), "check the path")
    })?;
    let result = if text.trim_ascii_start().starts_with(b"{") {
        let receipt: Receipt = serde_json::from_slice(&text).map_err(|error| {
            Failure::refused(
                format!("{} is no receipt: {error}", args.file.display()),
                "give a .tlog-proof, or the JSON that the service acknowledged a record with",
            )
        })?;
        verify_receipt(&receipt, &args.keys)
    } else {
        verify_proof(&text, &args.keys)
    };
    if args.json {
        as_json(&result)
    } else {
        as_text(&result)
    }
    result.map(|_| ()).map_err(|_| Failure::Unverified)
}

fn as_json(result: &Result<VerifiedReceipt, ReceiptError>) {
    let value = match result {
        Ok(receipt) => json!({
            "verdict": "verified",
            "log": receipt.origin,
            "index": receipt.index,
            "size": receipt.head.size.0,
            "root": receipt.head.root.to_hex(),
            "record": record(receipt),
        }),
        Err(error) => json!({ "verdict": "refused", "why": error.to_string() }),
    };
    println!("{value}");
}

fn record(receipt: &VerifiedReceipt) -> Value {
    let evidence = &receipt.evidence;
    let categories = evidence.categories.iter();
    let categories: serde_json::Map<String, Value> =
        categories.map(|(id, granted)| (id.to_string(), (*granted).into())).collect();
    let personal = receipt.personal.as_ref();
    json!({
        "record_id": personal.map(|personal| personal.id.to_string()),
        "subject_id": personal.map(|personal| personal.subject.to_hex()),
        "previous_record_id": personal.and_then(|personal| personal.previous).map(|id| id.to_string()),
        "client_time": receipt.client_time().map(serialize_time),
        "site": evidence.site.as_str(),
        "server_time": serialize_time(evidence.server_time),
        "action": evidence.action.as_str(),
        "source": evidence.source.as_str(),
        "categories": categories,
        "denied_services": evidence.denied_services.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
        "overridden": evidence.overridden,
        "late": evidence.late,
        "jurisdiction": evidence.jurisdiction.to_string(),
        "model": evidence.model.as_str(),
        "policy_version": evidence.policy_version,
        "policy_entry": evidence.policy_entry,
        "policy_hash": serialize_hex(&evidence.policy_hash),
        "language": evidence.language,
        "valid_until": serialize_time(evidence.valid_until),
    })
}

fn as_text(result: &Result<VerifiedReceipt, ReceiptError>) {
    let receipt = match result {
        Ok(receipt) => receipt,
        Err(error) => {
            println!("REFUSED: {error}.");
            println!("  It shows nothing. Whether the log holds the record must be asked of the log.");
            return;
        }
    };
    let evidence = &receipt.evidence;
    println!("Verified: the log holds this record, unchanged since it was signed.");
    println!("\n  {}", sentence(receipt));
    let (granted, denied): (Vec<_>, Vec<_>) = evidence.categories.iter().partition(|(_, granted)| *granted);
    let names = |list: &[&(consentry_core::CategoryId, bool)]| {
        list.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>().join(", ")
    };
    let services = evidence.denied_services.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", ");
    let lines = [
        ("allowed", names(&granted)),
        ("denied", names(&denied)),
        ("services denied", services),
        ("holds until", serialize_time(evidence.valid_until)),
        ("policy", format!("version {}, entry {}", evidence.policy_version, evidence.policy_entry)),
        ("policy hash", serialize_hex(&evidence.policy_hash)),
        ("record", receipt.personal.map(|personal| personal.id.to_string()).unwrap_or_default()),
        ("visitor", receipt.personal.map(|personal| personal.subject.to_hex()).unwrap_or_default()),
        ("log", receipt.origin.clone()),
        ("place", format!("entry {} of {}", receipt.index, receipt.head.size.0)),
    ];
    for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        println!("  {name:<16} {value}");
    }
    if receipt.personal.is_none() {
        println!("\n  Who decided is not in this receipt: it was erased or withheld.");
    }
}

/// What happened, in a sentence.
fn sentence(receipt: &VerifiedReceipt) -> String {
    use consentry_core::{Action, Source};
    let evidence = &receipt.evidence;
    let what = match evidence.action {
        Action::AcceptAll => "a visitor agreed to everything",
        Action::RejectAll => "a visitor refused everything that can be refused",
        Action::Save => "a visitor chose category by category",
        Action::Withdraw => "a visitor took back their agreement",
        Action::Signal => "a browser's signal spoke for a visitor",
    };
    let how = match evidence.source {
        Source::Banner => "in the banner",
        Source::Preferences => "in the preferences",
        Source::Form => "in the plain form",
        Source::Api => "through the site's own code",
        Source::Gpc => "by Global Privacy Control",
        Source::Dnt => "by Do Not Track",
    };
    let late = if evidence.late { ", delivered late" } else { "" };
    let over = if evidence.overridden { ", against a signal they were told of" } else { "" };
    format!(
        "On {} {what} {how}{over}{late}; place {} (model {}), language {}.",
        serialize_time(evidence.server_time),
        evidence.jurisdiction,
        evidence.model.as_str(),
        evidence.language,
    )
}
