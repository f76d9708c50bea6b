//! Exporting records to a file or a pipe, so that a half-written export is never taken for a whole one.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use serde_json::json;
use ureq::Body;
use ureq::http::Response;

use crate::args::{Export, Format};
use crate::client::Client;
use crate::failure::Failure;

/// What came through.
#[derive(Debug, Default, Clone, Copy)]
struct Counted {
    lines: u64,
    bytes: u64,
    last: Option<u8>,
}

/// Where it went wrong: the two sides have different remedies.
#[derive(Debug)]
enum CopyError {
    /// The service broke off. What was written is not the whole export.
    Source(io::Error),
    /// The file or pipe took no more.
    Target(io::Error),
}

/// Exports.
pub fn run(args: &Export) -> Result<(), Failure> {
    let client = Client::new(&args.remote, Some(&args.token))?;
    let response =
        client.send("GET", &format!("{}?{}", client.of_site(&args.site, "records"), query(args)), None)?;
    if !has_an_end(&response) {
        return Err(Failure::unreachable(
            "the answer carries neither a length nor an end mark, so nobody could tell whether it is whole",
            "something between here and the service speaks HTTP/1.0; ask the service directly",
        ));
    }
    let bar = progress();
    let mut source = response.into_body().into_reader();
    let counted = match &args.output {
        Some(file) => to_file(&mut source, file, &bar),
        None => to_pipe(&mut source, &mut io::stdout().lock(), &bar),
    };
    bar.finish_and_clear();
    let Some(counted) = counted? else { return Ok(()) };
    let header = u64::from(args.format == Format::Csv);
    let records = counted.lines.saturating_sub(header);
    match &args.output {
        Some(file) if args.json => {
            println!("{}", json!({ "file": file, "records": records, "bytes": counted.bytes }));
        }
        Some(file) => {
            let (records, bytes) = (HumanCount(records), HumanBytes(counted.bytes));
            eprintln!("{records} records, {bytes}, in {}", file.display());
        }
        None => eprintln!("{} records, {}", HumanCount(records), HumanBytes(counted.bytes)),
    }
    Ok(())
}

fn query(args: &Export) -> String {
    let pairs = [
        ("format", Some(args.format.as_str())),
        ("from", args.from.as_deref()),
        ("to", args.to.as_deref()),
        ("category", args.category.as_deref()),
        ("action", args.action.as_deref()),
        ("signal", args.signal.as_deref()),
    ];
    let mut query = String::new();
    for (name, value) in pairs {
        let Some(value) = value else { continue };
        if !query.is_empty() {
            query.push('&');
        }
        query += name;
        query.push('=');
        for byte in value.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    query.push(char::from(byte))
                }
                _ => query += &format!("%{byte:02X}"),
            }
        }
    }
    query
}

fn has_an_end(response: &Response<Body>) -> bool {
    let headers = response.headers();
    headers.contains_key("content-length") || headers.contains_key("transfer-encoding")
}

fn progress() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg} lines, {bytes}, {bytes_per_sec}, {elapsed}");
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// Writes beside the file and renames at the end: under the file's own name there is only ever a whole export.
fn to_file(source: &mut dyn Read, file: &Path, bar: &ProgressBar) -> Result<Option<Counted>, Failure> {
    let part = part_of(file);
    let result = File::create(&part).map_err(CopyError::Target).and_then(|mut target| {
        let counted = copy(source, &mut target, bar)?;
        target.sync_all().map_err(CopyError::Target)?;
        std::fs::rename(&part, file).map_err(CopyError::Target)?;
        Ok(counted)
    });
    match result {
        Ok(counted) => Ok(Some(counted)),
        Err(error) => {
            // What is there is of no use, and if it cannot be removed its name still says that it is a part.
            let _ = std::fs::remove_file(&part);
            Err(failure(&error, &format!("{} was not written", file.display())))
        }
    }
}

/// `None` when the reader of the pipe has seen enough, as `head` does.
fn to_pipe(
    source: &mut dyn Read,
    target: &mut dyn Write,
    bar: &ProgressBar,
) -> Result<Option<Counted>, Failure> {
    match copy(source, target, bar) {
        Ok(counted) => Ok(Some(counted)),
        Err(CopyError::Target(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(None),
        Err(error) => Err(failure(&error, "what was written so far is NOT the whole export")),
    }
}

fn part_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

fn copy(source: &mut dyn Read, target: &mut dyn Write, bar: &ProgressBar) -> Result<Counted, CopyError> {
    let mut counted = Counted::default();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(CopyError::Source(error)),
        };
        let chunk = buffer.get(..read).unwrap_or_default();
        target.write_all(chunk).map_err(CopyError::Target)?;
        counted.lines += chunk.iter().filter(|byte| **byte == b'\n').count() as u64;
        counted.bytes += chunk.len() as u64;
        counted.last = chunk.last().copied();
        bar.set_message(HumanCount(counted.lines).to_string());
        bar.set_position(counted.bytes);
    }
    target.flush().map_err(CopyError::Target)?;
    // A proxy may end a broken answer in an orderly way; the service never ends one inside a line.
    if counted.last.is_some_and(|byte| byte != b'\n') {
        return Err(CopyError::Source(io::Error::new(
            ErrorKind::UnexpectedEof,
            "it ends in the middle of a line",
        )));
    }
    Ok(counted)
}

fn failure(error: &CopyError, consequence: &str) -> Failure {
    match error {
        CopyError::Source(error) => Failure::unreachable(
            format!("the export broke off: {error}; {consequence}"),
            "run the same command again; the log itself is not affected",
        ),
        CopyError::Target(error) => Failure::refused(
            format!("{consequence}: {error}"),
            "check the path, its permissions and the space left",
        ),
    }
}
