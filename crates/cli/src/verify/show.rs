//! What a verification has come to, for people and for programs.

use std::fmt::Write as _;
use std::io::{Write as _, stdout};
use std::time::Duration;

use consentry_verify::{Finding, Place, Report, Verdict};
use indicatif::{HumanCount, HumanDuration};
use serde_json::{Value, json};

/// What else there is to say.
pub struct Context<'a> {
    /// What was verified: a file, a site.
    pub what: &'a str,
    /// The key came from the auditor, not from the operator.
    pub trusted: bool,
    /// The public log was compared, too.
    pub public: bool,
    /// How long it took.
    pub time: Duration,
}

/// A finding for a program.
pub fn finding(finding: &Finding) -> Value {
    let (mut row, mut part, mut index, mut policy) = (None, None, None, None);
    match finding.place {
        Place::Row { number, part: of, index: at } => (row, part, index) = (Some(number), Some(of), Some(at)),
        Place::Line(number) => row = Some(number),
        Place::Part(number) => part = Some(number),
        Place::Policy(version) => policy = Some(version),
        Place::Manifest | Place::Snapshot => {}
    }
    json!({
        "place": finding.place.to_string(),
        "row": row,
        "part": part,
        "index": index,
        "policy": policy,
        "problem": finding.problem.name(),
        "what": finding.problem.to_string(),
        "consequence": finding.problem.consequence(),
    })
}

/// The report as one line of JSON, on standard output.
pub fn as_json(report: &Report, context: &Context<'_>) {
    let parts = report.parts.iter();
    let parts: Vec<Value> = parts
        .map(|part| json!({ "part": part.part, "size": part.size, "root": part.root.to_hex() }))
        .collect();
    let counts = &report.counts;
    let value = json!({
        "verdict": report.verdict().as_str(),
        "complete": report.complete,
        "key": report.key,
        "key_trusted": context.trusted,
        "public_log_compared": context.public,
        "rows": report.rows,
        "records": counts.records,
        "erased": counts.erased,
        "pruned": counts.pruned,
        "withheld": counts.withheld,
        "overridden": counts.overridden,
        "statements": counts.statements,
        "policies": report.policies,
        "key_changes": report.key_changes,
        "parts": parts,
        "found": report.found,
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "seconds": context.time.as_secs_f64(),
    });
    // Whoever stops reading has seen enough.
    let _ = writeln!(stdout(), "{value}");
}

/// The report for a person, on standard output. What is wrong comes first: whatever follows is only what the rows say.
pub fn as_text(report: &Report, context: &Context<'_>) {
    // Whoever stops reading has seen enough.
    let _ = stdout().write_all(text(report, context).as_bytes());
}

fn text(report: &Report, context: &Context<'_>) -> String {
    let mut out = String::new();
    macro_rules! say {
        ($($words:tt)*) => {{
            // Writing to a string cannot fail.
            let _ = writeln!(out, $($words)*);
        }};
    }
    match report.verdict() {
        Verdict::Verified if context.trusted => say!("Verified: {} is whole and unchanged.", context.what),
        Verdict::Verified => say!(
            "Verified, but only by the operator's word for the key: {} agrees with itself. Get the log's key from somewhere else \
             than the service, and give it with --key.",
            context.what
        ),
        Verdict::Partial => say!(
            "PARTIAL: every row of {} holds by itself. It was exported with filters, so nobody can tell from it whether rows \
             were left out, or whether the log has these.",
            context.what
        ),
        Verdict::Refused => say!("REFUSED: {} does not verify.", context.what),
    }
    if report.found > 0 {
        say!(
            "\n{} found. The first is the one to look at; the rest may follow from it.\n",
            HumanCount(report.found)
        );
        for finding in &report.findings {
            say!("  {}: {} [{}]", finding.place, finding.problem, finding.problem.name());
            say!("      {}", finding.problem.consequence());
        }
        let more = report.found - report.findings.len() as u64;
        if more > 0 {
            say!("  … and {} more", HumanCount(more));
        }
        say!("\nWhat it says of itself:");
    }
    let counts = &report.counts;
    say!(
        "\n  {} rows: {} records, {} erased, {} pruned, {} withheld, {} statements; in {}",
        HumanCount(report.rows),
        HumanCount(counts.records),
        HumanCount(counts.erased),
        HumanCount(counts.pruned),
        HumanCount(counts.withheld),
        HumanCount(counts.statements),
        HumanDuration(context.time),
    );
    say!("  {} records against a signal the visitor had been told of", HumanCount(counts.overridden));
    say!("  {} policies replayed, {} changes of key", report.policies, report.key_changes);
    for part in &report.parts {
        say!(
            "  part {}: {} entries, root of their stated hashes {}",
            part.part,
            HumanCount(part.size),
            part.root
        );
    }
    if let Some(key) = &report.key {
        say!("  key of its checkpoints {key}");
    }
    if context.public {
        say!("  the public log is the same");
    }
    if !context.trusted && report.verdict() != Verdict::Verified {
        say!(
            "\nNo --key was given: the keys are those that the operator names (trust on first use). Get the key from somewhere \
             else, and give it."
        );
    }
    out
}
