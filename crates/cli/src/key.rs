//! Keys that sign logs: making one, knowing its public half, and asking a service for those it used.

use std::io::Read;
use std::path::Path;

use consentry_api::record::LogKeys;
use consentry_core::bytes::{parse_hex, serialize_hex};
use consentry_log::{Origin, SigningKey};
use consentry_verify::KeyChain;
use serde_json::json;

use crate::args::{KeyFetch, KeyNew, KeyShow};
use crate::client::{self, Client};
use crate::failure::Failure;

const WHERE: &str = "Put it where the service reads CONSENTRY_LOG_KEY: `npx wrangler secret put CONSENTRY_LOG_KEY` on \
Cloudflare, the environment of workerd elsewhere. Whoever has it can sign another history of the log, and nobody can make it \
again: keep one copy, offline.
For a log that has a key already, the old one goes into CONSENTRY_LOG_KEY_PREVIOUS until the log has said that it changed.";

/// Makes a key. The secret alone goes to standard output, so that it can be piped to where it belongs.
pub fn new(args: &KeyNew) -> Result<(), Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| {
        Failure::refused(format!("no random bytes: {error}"), "the system has to provide them")
    })?;
    let vkey = args.origin.as_ref().map(|origin| vkey(origin, &seed)).transpose()?;
    let secret = serialize_hex(&seed);
    if args.json {
        println!("{}", json!({ "secret": secret, "vkey": vkey }));
        return Ok(());
    }
    println!("{secret}");
    eprintln!("{WHERE}");
    match vkey {
        Some(vkey) => eprintln!("The public key, for auditors: {vkey}"),
        None => eprintln!("`consentry key show` prints its public key, once you know the log's name."),
    }
    Ok(())
}

/// Prints the public half of a key.
pub fn show(args: &KeyShow) -> Result<(), Failure> {
    let text = read(&args.key_file).map_err(|error| {
        Failure::refused(format!("{} cannot be read: {error}", args.key_file.display()), "check --key-file")
    })?;
    let seed = parse_hex(text.trim()).ok_or_else(|| {
        // What it is instead is not shown: it may be a secret all the same.
        Failure::refused(
            format!("{} holds no key", args.key_file.display()),
            "a key is 64 of 0-9 and a-f, as `consentry key new` prints it",
        )
    })?;
    let vkey = vkey(&args.origin, &seed)?;
    if args.json {
        println!("{}", json!({ "vkey": vkey }));
    } else {
        println!("{vkey}");
    }
    Ok(())
}

/// Prints the keys that a service says its log was signed with, if each but the first was named by the one before.
pub fn fetch(args: &KeyFetch) -> Result<(), Failure> {
    let client = Client::new(&args.remote, None)?;
    let keys: LogKeys =
        client::json(client.send("GET", &client.of_log(&args.site, args.part, "keys"), None)?)?;
    KeyChain::follow(&keys.keys, &keys.changes, None).map_err(|error| {
        Failure::refused(
            format!("these keys do not follow from one another: {error}"),
            "trust none of them; ask the operator",
        )
    })?;
    if args.json {
        println!("{}", serde_json::to_string(&keys).unwrap_or_default());
        return Ok(());
    }
    keys.keys.iter().for_each(|key| println!("{key}"));
    eprintln!(
        "These are what the service says. Compare one of them with what the operator told you by other means; the others follow from it."
    );
    Ok(())
}

fn vkey(origin: &Origin, seed: &[u8; 32]) -> Result<String, Failure> {
    let key = SigningKey::from_seed(origin.as_str(), seed);
    let key = key.map_err(|error| Failure::refused(error.to_string(), "make another one"))?;
    Ok(key.public().to_vkey())
}

fn read(file: &Path) -> std::io::Result<String> {
    if file.as_os_str() != "-" {
        return std::fs::read_to_string(file);
    }
    let mut text = String::new();
    // More than this is no key.
    std::io::stdin().take(1_024).read_to_string(&mut text)?;
    Ok(text)
}
