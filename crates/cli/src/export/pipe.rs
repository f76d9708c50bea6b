//! Exporting to standard output: one answer, passed on as it comes.

use std::io::{self, ErrorKind};

use indicatif::{HumanBytes, HumanCount};

use super::copy::{CopyError, Header, copy};
use super::{filters, query};
use crate::args::{Export, Format};
use crate::client::{Client, ended};
use crate::failure::Failure;

/// Exports to standard output. Whoever reads it may stop when they have seen enough, as `head` does.
pub fn run(client: &Client, args: &Export) -> Result<(), Failure> {
    let query = query(args.format.as_str(), &filters(args));
    let url = format!("{}?{query}", client.of_site(&args.site, "records"));
    let response = ended(client.send("GET", &url, None)?)?;
    let header = if args.format == Format::Csv { Header::Keep } else { Header::None };
    match copy(response.into_body().into_reader(), &mut io::stdout().lock(), header, None) {
        Ok(counted) => {
            eprintln!("{} rows, {}", HumanCount(counted.rows), HumanBytes(counted.bytes));
            Ok(())
        }
        Err(CopyError::Target(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(CopyError::Source(error)) => Err(Failure::unreachable(
            format!("the export broke off: {error}; what was written so far is NOT the whole export"),
            "run the same command again; with --output it would go on where it was",
        )),
        Err(CopyError::Target(error)) => Err(Failure::refused(
            format!("what was written so far is NOT the whole export: {error}"),
            "check where the output goes, and the space left there",
        )),
    }
}
