//! The vendor server by itself, for the demo: `vendor PORT`. It ends when its standard input does, so it never outlives
//! the program that started it.

use std::io::Read;
use std::process::ExitCode;

use consentry_e2e::vendor::Vendor;

fn main() -> ExitCode {
    let Some(port) = std::env::args().nth(1).and_then(|text| text.parse().ok()) else {
        eprintln!("usage: vendor PORT");
        return ExitCode::FAILURE;
    };
    let vendor = match Vendor::start(port) {
        Ok(vendor) => vendor,
        Err(error) => {
            eprintln!("vendor: cannot listen on port {port}: {error}");
            return ExitCode::FAILURE;
        }
    };
    // Nothing is expected; only the end counts, and an error is one.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    drop(vendor);
    ExitCode::SUCCESS
}
