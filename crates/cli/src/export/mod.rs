//! Exporting a site's log to a file or a pipe, so that a half-written export is never taken for a whole one.

mod convert;
mod copy;
mod finish;
mod pages;
mod part;
mod pipe;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use consentry_api::snapshot::{MANIFEST_FORMAT, Manifest};
use indicatif::{HumanBytes, HumanCount};
use serde_json::json;

use crate::args::{Export, Format};
use crate::client::{Client, encode};
use crate::failure::Failure;
pub use part::write_whole;
use part::{Asked, Part};

/// Exports.
pub fn run(args: &Export) -> Result<(), Failure> {
    let client = Client::new(&args.remote, Some(&args.token))?;
    match &args.output {
        Some(file) => to_file(&client, args, file),
        None if args.format == Format::Parquet => {
            Err(Failure::usage("Parquet cannot be written to a pipe", "give a file with --output"))
        }
        None => pipe::run(&client, args),
    }
}

fn to_file(client: &Client, args: &Export, file: &Path) -> Result<(), Failure> {
    let asked = Asked {
        url: client.of_site(&args.site, "records"),
        format: args.format.as_str().into(),
        filters: filters(args),
    };
    if args.restart {
        may_begin(args, file)?;
        let _held = part::open(file)?;
        part::discard(file)?;
    }
    let mut part = match Part::load(file, &asked)? {
        Some(part) => {
            let rows = HumanCount(part.rows);
            eprintln!("Going on with {rows} rows that are there; --restart would discard them.");
            part
        }
        None if args.resume => {
            return Err(Failure::usage(
                format!("there is no export to {} that broke off", file.display()),
                "leave out --resume to begin one",
            ));
        }
        None => {
            may_begin(args, file)?;
            Part::new(asked, client.snapshot(&args.site)?)
        }
    };
    let digest = pages::fetch(client, &mut part, file)?;
    let (bytes, sha256) = match args.format {
        Format::Parquet => convert::run(&part, file)?,
        Format::Ndjson | Format::Csv => (part.bytes, digest),
    };
    let manifest = Manifest {
        format: MANIFEST_FORMAT.into(),
        tool: concat!("consentry ", env!("CARGO_PKG_VERSION")).into(),
        file: file.file_name().unwrap_or_default().to_string_lossy().into(),
        file_format: part.asked.format.clone(),
        rows: part.rows,
        sha256,
        filters: part.asked.filters.clone(),
        snapshot: part.snapshot.clone(),
    };
    let beside = finish::run(&manifest, file)?;
    if args.json {
        let rows = manifest.rows;
        println!(
            "{}",
            json!({ "file": file, "rows": rows, "bytes": bytes, "sha256": manifest.sha256, "manifest": beside })
        );
    } else {
        let (rows, bytes) = (HumanCount(manifest.rows), HumanBytes(bytes));
        eprintln!("{rows} rows, {bytes}, in {}; manifest in {}", file.display(), beside.display());
    }
    Ok(())
}

/// An export that begins must not end in the place of somebody's file.
fn may_begin(args: &Export, file: &Path) -> Result<(), Failure> {
    if args.overwrite || !file.exists() {
        return Ok(());
    }
    Err(Failure::usage(
        format!("{} is there already", file.display()),
        "give another file with --output, or --overwrite if it is to be replaced",
    ))
}

/// The filters that were asked for, by their names in the query.
fn filters(args: &Export) -> BTreeMap<String, String> {
    [
        ("from", args.from.as_ref()),
        ("to", args.to.as_ref()),
        ("category", args.category.as_ref()),
        ("action", args.action.as_ref()),
        ("signal", args.signal.as_ref()),
        ("profile", args.profile.as_ref()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.into(), value?.clone())))
    .collect()
}

/// What the service is asked for in this format: Parquet is made here, of NDJSON.
fn query(format: &str, filters: &BTreeMap<String, String>) -> String {
    let format = if format == Format::Csv.as_str() { format } else { Format::Ndjson.as_str() };
    let filters = filters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    encode(std::iter::once(("format", format)).chain(filters))
}

/// A file's name with something after it.
fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The disk did not do what it should.
fn disk(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::refused(
        format!("{} cannot be {what}: {error}", path.display()),
        "check the path, its permissions and the space left",
    )
}
