//! One record, shown to a person: what was decided, where it is in the log, and the receipt that proves it.

mod find;
mod receipt;

use consentry_api::export::ExportRow;
use serde_json::{Value, json};

use crate::args::Show;
use crate::client::Client;
use crate::export::write_whole;
use crate::failure::Failure;
use receipt::Proven;

/// Shows a record.
pub fn show(args: &Show) -> Result<(), Failure> {
    let (line, log) = match (&args.file, &args.site) {
        (Some(file), _) => (find::in_file(file, args.id)?, None),
        (None, Some(site)) => {
            let client = Client::new(&args.remote, args.token.as_deref())?;
            (find::in_log(&client, site, args.id)?, Some((client, site)))
        }
        // The options ask for one of them.
        (None, None) => return Err(Failure::usage("nowhere to look", "give --site or --file")),
    };
    let row = row(&line)?;
    if !args.json {
        // Before its receipt, which not every token may see.
        print(&row);
    }
    let proven = log.map(|(client, site)| receipt::prove(&client, site, &row)).transpose()?;
    if let (Some(path), Some(proven)) = (&args.receipt, &proven) {
        write_whole(path, proven.receipt.as_bytes())?;
    }
    if args.json {
        let record: Value = serde_json::from_str(&line).unwrap_or_default();
        println!("{}", json!({ "record": record, "receipt": proven.map(|proven| proven.receipt) }));
    } else if let Some(Proven { receipt, origin, size }) = proven {
        println!("\nReceipt: an entry of {origin}, which has {size} entries\n");
        match &args.receipt {
            Some(path) => println!("  in {}", path.display()),
            None => print!("{receipt}"),
        }
    }
    Ok(())
}

/// A line as a row.
fn row(line: &str) -> Result<ExportRow<'_>, Failure> {
    serde_json::from_str(line).map_err(|error| {
        Failure::refused(
            format!("this is no row of an export: {error}"),
            "is the service, or the file, of a version that goes with this command?",
        )
    })
}

fn print(row: &ExportRow<'_>) {
    let yes = |flag: Option<bool>| if flag == Some(true) { "yes" } else { "no" };
    let pairs = row.categories.0.iter();
    let categories: Vec<String> = pairs.map(|(id, on)| format!("{id} {}", yes(Some(*on)))).collect();
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let version = number(row.policy_version.map(u64::from));
    println!("Record {}", row.record_id);
    let lines = [
        ("place", format!("entry {} of part {}", row.index, row.log)),
        ("leaf hash", row.leaf_hash.to_string()),
        ("visitor", row.subject_id.to_string()),
        ("supersedes", row.previous_record_id.to_string()),
        ("received", row.server_time.to_string()),
        (
            "made",
            format!("{}{}", row.client_time, if row.late == Some(true) { ", which is late" } else { "" }),
        ),
        ("decision", format!("{} by {}, in {}", row.action, row.source, row.language)),
        ("categories", categories.join(", ")),
        ("denied", row.denied_services.join(", ")),
        ("GPC", format!("header {}, page {}", row.gpc_header, row.gpc_dom)),
        ("DNT", format!("header {}, page {}", row.dnt_header, row.dnt_dom)),
        ("signal", format!("seen {}, overridden {}", yes(row.signal_seen), yes(row.overridden))),
        ("jurisdiction", format!("{}, {} (says the {})", row.jurisdiction, row.model, row.attested_by)),
        ("policy", format!("version {version} (entry {}), {}", number(row.policy_entry), row.policy_hash)),
        ("valid until", row.valid_until.to_string()),
        ("redacted", row.redacted.to_string()),
    ];
    for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        println!("  {name:<12}  {value}");
    }
}
