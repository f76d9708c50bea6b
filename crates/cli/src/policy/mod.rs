//! The commands on policy files: check, publish, diff.

mod differences;
mod fields;
mod finding;
mod place;
mod read;
mod shape;
#[cfg(test)]
mod tests;

use consentry_api::policy::{PolicyFile, PolicyReceipt, Published, check_published};
use serde_json::{Value, json};

use crate::args::{Check, Diff, Publish};
use crate::client::{self, Client};
use crate::failure::Failure;
use crate::table;
use differences::{Differences, compare};
use finding::{Finding, Source};
use read::{parse_policy, read_source};

/// Checks a file.
pub fn check(args: &Check) -> Result<(), Failure> {
    let source = read_source(&args.file)?;
    let result = parse_policy(&source, &[]);
    if args.json {
        let findings = result.as_ref().err().map(Vec::as_slice).unwrap_or_default();
        let problems: Vec<Value> = findings.iter().map(|finding| source.to_json(finding)).collect();
        println!("{}", json!({ "file": source.name, "ok": result.is_ok(), "problems": problems }));
        return result.map(drop).map_err(|_| Failure::Shown);
    }
    let published = result.map_err(|findings| show(&source, &findings))?;
    if args.completed {
        table::put(&(to_json(&published.file)? + "\n"));
    }
    eprintln!("{} is in order: {}.", source.name, summary(&published));
    Ok(())
}

/// Checks a file and publishes it.
pub fn publish(args: &Publish) -> Result<(), Failure> {
    let source = read_source(&args.file)?;
    let published = parse_policy(&source, &args.origins).map_err(|findings| show(&source, &findings))?;
    let client = Client::new(&args.remote, Some(&args.operator.token))?;
    let body = to_json(&published.file)?.into_bytes();
    let url = client.of_site(&published.policy.parts().site, "policy");
    let answer: PolicyReceipt = client::json(client.send("PUT", &url, Some(body))?)?;
    if args.json {
        println!("{}", json!(answer));
    } else {
        eprintln!("{} is published as version {}: {}.", source.name, answer.version, summary(&published));
    }
    Ok(())
}

/// The very bytes that are published.
fn to_json(file: &PolicyFile) -> Result<String, Failure> {
    serde_json::to_string(file)
        .map_err(|error| Failure::refused(error.to_string(), "the file cannot be written as JSON"))
}

/// Compares a file with what is published.
pub fn diff(args: &Diff) -> Result<(), Failure> {
    let source = read_source(&args.file)?;
    let file = parse_policy(&source, &args.origins).map_err(|findings| show(&source, &findings))?;
    let client = Client::new(&args.remote, None)?;
    let Some(response) = client.find(&client.of_site(&file.policy.parts().site, "policy"))? else {
        if args.json {
            println!("{}", json!({ "published": false, "asks_again": true, "changes": [] }));
        } else {
            println!("Nothing is published for {} yet: every visitor will be asked.", file.file.site);
        }
        return Ok(());
    };
    let published: PolicyFile = client::json(response)?;
    let published = check_published(published).map_err(|_| {
        Failure::refused(
            "the published policy is not valid for this version of the command",
            "update one of the two",
        )
    })?;
    let found = compare(&published, &file);
    if args.json {
        println!(
            "{}",
            json!({ "published": true, "asks_again": found.asks_again, "changes": found.changes })
        );
    } else {
        print_differences(&found);
    }
    Ok(())
}

fn print_differences(found: &Differences) {
    for change in &found.changes {
        println!("{}", change.show());
    }
    println!(
        "{}",
        match (found.changes.is_empty(), found.asks_again) {
            (true, _) => "Nothing would change.",
            (_, true) => "Material: choices made so far no longer count, and every visitor is asked again.",
            (_, false) => "Not material: choices made so far keep counting, and nobody is asked again.",
        }
    );
}

fn show(source: &Source, findings: &[Finding]) -> Failure {
    for finding in findings {
        eprintln!("{}", source.show(finding));
    }
    let count = findings.len();
    let problems = if count == 1 { "problem" } else { "problems" };
    eprintln!("{count} {problems} in {}. Nothing was published.", source.name);
    Failure::Shown
}

fn summary(published: &Published) -> String {
    let parts = published.policy.parts();
    format!(
        "site {}, {} categories, {} services, languages {}",
        parts.site,
        parts.categories.len(),
        parts.services.len(),
        published.file.languages.join(", ")
    )
}
