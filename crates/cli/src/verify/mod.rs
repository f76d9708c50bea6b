//! Verifying an export, or the log of a site as it is now.

mod lines;
mod live;
mod pipeline;
mod show;
mod source;
mod tiles;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use consentry_api::snapshot::Manifest;
use consentry_verify::{FileFacts, Plan, Report, Verdict, Verifier, check_manifest};
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::Verify;
use crate::failure::Failure;
use show::Context;

/// Verifies.
pub fn run(args: &Verify) -> Result<(), Failure> {
    let start = Instant::now();
    let (report, what) = match (&args.file, &args.site) {
        (Some(file), _) => (file_report(args, file)?, file.display().to_string()),
        (None, Some(site)) => (live::report(args, site)?, format!("the log of {site}")),
        // The options ask for one of them.
        (None, None) => return Err(Failure::usage("nothing to verify", "give a file or --site")),
    };
    let context = Context {
        what: &what,
        trusted: args.key.is_some(),
        public: args.site.is_some() && report.verdict() != Verdict::Refused,
        time: start.elapsed(),
    };
    if args.json {
        show::as_json(&report, &context)
    } else {
        show::as_text(&report, &context)
    }
    match report.verdict() {
        Verdict::Verified => Ok(()),
        Verdict::Partial if args.partial => Ok(()),
        Verdict::Partial => Err(Failure::Partial),
        Verdict::Refused => Err(Failure::Unverified),
    }
}

fn file_report(args: &Verify, file: &Path) -> Result<Report, Failure> {
    let manifest = manifest(args, file)?;
    if let Some(profile) = manifest.filters.get("profile") {
        return Err(Failure::refused(
            format!("{} has receipts in the form of {profile}, not the log's rows", file.display()),
            "export without --profile to verify",
        ));
    }
    let format = source::format(file)?;
    let (plan, findings) = Plan::new(&manifest.snapshot, args.key.as_ref(), manifest.filters.is_empty());
    let plan = Arc::new(plan);
    let mut verifier = Verifier::new(Arc::clone(&plan), findings);
    // Reading a text and hashing it keeps one processor busy; of a Parquet file it is a small part.
    let threads = threads(args, usize::from(format != "parquet"));
    let bar = progress("{wide_bar} {bytes}, {msg} rows, {bytes_per_sec}, {eta}");
    let sha256 = source::read((file, format), &plan, threads, &bar, |batch| {
        verifier.take(batch);
        bar.set_message(verifier.rows().to_string());
    })?;
    bar.finish_and_clear();
    let facts = FileFacts { format, rows: verifier.rows(), sha256: &sha256 };
    check_manifest(&manifest, &facts).into_iter().for_each(|finding| verifier.find(finding));
    Ok(verifier.end())
}

fn manifest(args: &Verify, file: &Path) -> Result<Manifest, Failure> {
    let path = args.manifest.clone().unwrap_or_else(|| {
        let mut name = file.as_os_str().to_owned();
        name.push(".manifest.json");
        PathBuf::from(name)
    });
    let text = std::fs::read(&path).map_err(|error| {
        Failure::refused(
            format!("{} cannot be read: {error}", path.display()),
            "an export lies beside its manifest, which has the signatures; --manifest says where else it is",
        )
    })?;
    serde_json::from_slice(&text).map_err(|error| {
        Failure::refused(format!("{} is no manifest: {error}", path.display()), "export again")
    })
}

/// Threads that check rows, where so many processors are busy with something else.
fn threads(args: &Verify, busy: usize) -> usize {
    let free = || available_parallelism().map_or(1, usize::from).saturating_sub(busy).max(1);
    args.threads.map_or_else(free, usize::from)
}

fn progress(template: &str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
