//! Erasing who decided, for a person who asks for it.

use std::io::{IsTerminal, stdin};

use consentry_api::erasure::{ErasureReceipt, ErasureRequest};

use crate::args::Erase;
use crate::client::{self, Client};
use crate::failure::Failure;

/// Erases, after asking.
pub fn run(args: &Erase) -> Result<(), Failure> {
    let request = ErasureRequest {
        subject: args.visitor.as_ref().map(|subject| subject.to_hex()),
        record: args.record.as_ref().map(ToString::to_string),
    };
    let words = match (&request.subject, &request.record) {
        (Some(subject), _) => format!("all records of visitor {subject}"),
        (None, Some(record)) => format!("record {record}"),
        // The options ask for one of them.
        (None, None) => return Err(Failure::usage("nothing to erase", "give --visitor or --record")),
    };
    let client = Client::new(&args.remote, Some(&args.operator.token))?;
    if !args.yes {
        confirm(&format!("who decided, in {words} of {}", args.site))?;
    }
    let body = serde_json::to_vec(&request).unwrap_or_default();
    let answer: ErasureReceipt =
        client::json(client.send("POST", &client.of_site(&args.site, "erasures"), Some(body))?)?;
    if args.json {
        println!("{}", serde_json::to_string(&answer).unwrap_or_default());
    } else if answer.erased == 0 {
        eprintln!("Nothing was erased: there are no such records, or they were erased before.");
    } else {
        eprintln!(
            "{} erased. What was decided stays, and all proofs still verify; the log says that something went.",
            if answer.erased == 1 { "1 record".into() } else { format!("{} records", answer.erased) }
        );
    }
    Ok(())
}

fn confirm(what: &str) -> Result<(), Failure> {
    if !stdin().is_terminal() {
        return Err(Failure::usage("nobody is here to be asked", "--yes erases without asking"));
    }
    eprint!("This erases {what}. It cannot be undone. Type \"erase\" to go on: ");
    let mut answer = String::new();
    // What cannot be read is no consent.
    let _ = stdin().read_line(&mut answer);
    if answer.trim() == "erase" {
        return Ok(());
    }
    Err(Failure::refused("nothing was erased", "type \"erase\", or give --yes"))
}
