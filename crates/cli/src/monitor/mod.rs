//! Watching the public log of a site: it may grow, and nothing else.

mod look;
mod state;

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use consentry_api::time::serialize_time;
use consentry_core::UnixMillis;
use serde_json::{Value, json};

use crate::args::Monitor;
use crate::client::Client;
use crate::export::write_whole;
use crate::failure::Failure;
use crate::public::PublicLog;
use look::{Alarm, Look};
use state::State;

/// Watches.
pub fn run(args: &Monitor) -> Result<(), Failure> {
    let client = Client::new(&args.remote, None)?;
    let log = PublicLog::new(&client, &args.site);
    let mut state = State::load(&args.state, args.site.as_str())?;
    loop {
        let time = now();
        match look::look(&log, args, state.clone(), &time) {
            Ok(look) => {
                look.state.save(&args.state)?;
                say(args, &time, &look);
                state = Some(look.state);
            }
            Err(Failure::Unreachable { what, .. }) if !args.once => {
                if args.json {
                    println!("{}", json!({ "time": time, "unreachable": what }));
                } else {
                    eprintln!("{time}  {what}");
                }
            }
            Err(Failure::Alarm) => return Err(Failure::Alarm),
            Err(failure) => return Err(failure),
        }
        if args.once {
            return Ok(());
        }
        thread::sleep(Duration::from_secs(args.interval.into()));
    }
}

fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    serialize_time(UnixMillis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX)))
}

/// What a look has come to, when all holds.
fn say(args: &Monitor, time: &str, look: &Look) {
    if args.json {
        let parts: Vec<Value> = look
            .parts
            .iter()
            .map(|part| json!({ "part": part.part, "from": part.from, "size": part.size, "root": part.root, "growth": part.growth }))
            .collect();
        println!(
            "{}",
            json!({ "time": time, "key": look.state.key, "key_trusted": look.trusted, "parts": parts })
        );
        return;
    }
    if !look.trusted {
        println!(
            "{time}  the key is believed that the service names: {} (trust on first use)",
            look.state.key
        );
    }
    for part in &look.parts {
        match part.from {
            Some(from) if from == part.size => {
                println!("{time}  part {}: {from} entries, as before", part.part)
            }
            Some(from) => println!("{time}  part {}: grew from {from} to {} entries", part.part, part.size),
            None => println!("{time}  part {}: {} entries, seen for the first time", part.part, part.size),
        }
    }
}

/// Raises an alarm, and writes down what shows that it is one.
fn raise(args: &Monitor, time: &str, alarm: &Alarm, evidence: Option<&Value>) -> Result<Failure, Failure> {
    let path = match evidence {
        None => None,
        Some(evidence) => {
            let mut name = args.state.as_os_str().to_owned();
            name.push(".evidence.json");
            let path = PathBuf::from(name);
            write_whole(&path, &serde_json::to_vec_pretty(evidence).unwrap_or_default())?;
            Some(path)
        }
    };
    if args.json {
        println!(
            "{}",
            json!({ "time": time, "alarm": alarm.name(), "part": alarm.part(), "what": alarm.to_string(), "evidence": path })
        );
    } else {
        println!("{time}  ALARM: {alarm}");
        if let Some(path) = path {
            println!("  What shows it is in {}. Keep it, and the state.", path.display());
        }
    }
    Ok(Failure::Alarm)
}
