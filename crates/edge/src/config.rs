//! The operator's variables and secrets, read from the environment's bindings.

use std::cell::OnceCell;

use consentry_core::bytes::parse_hex;
use consentry_core::{Jurisdiction, SiteId};
use consentry_service::Config;
use consentry_service::site::{Limits, LogKeys};
use worker::Env;

use crate::bindings;

/// The prefix when none is configured.
const PREFIX: &str = "/_c";

thread_local! {
    // Bindings never change while an isolate lives.
    static READ: OnceCell<(Config, Jurisdiction)> = const { OnceCell::new() };
}

/// What the service needs to know.
pub fn read(env: &Env) -> Config {
    READ.with(|read| read.get_or_init(|| (config(env), assumed(env))).0.clone())
}

/// The jurisdiction to assume where the runtime knows none.
pub fn jurisdiction() -> Jurisdiction {
    READ.with(|read| read.get().map_or(Jurisdiction::UNKNOWN, |(_, jurisdiction)| *jurisdiction))
}

fn config(env: &Env) -> Config {
    Config {
        prefix: variable(env, bindings::PREFIX)
            .filter(|prefix| prefix.starts_with('/'))
            .unwrap_or_else(|| PREFIX.into()),
        operator_token: variable(env, bindings::OPERATOR_TOKEN).unwrap_or_default(),
        log_origin: variable(env, bindings::LOG_ORIGIN),
        gpc_site: variable(env, bindings::SITE).and_then(|text| SiteId::parse(&text)),
    }
}

/// How much is taken. A variable that cannot be read leaves the built-in limits.
pub fn limits(env: &Env) -> Limits {
    let parse = |text: String| {
        let (site, client) = text.split_once('/')?;
        Some(Limits { site_per_second: site.parse().ok()?, client_per_minute: client.parse().ok()? })
    };
    variable(env, bindings::RATE).and_then(parse).unwrap_or_default()
}

/// The keys that sign logs. One that cannot be read is none: better no log than one signed with a guess.
pub fn log_keys(env: &Env) -> LogKeys {
    let seed = |name| variable(env, name).and_then(|text| parse_hex(&text));
    LogKeys { current: seed(bindings::LOG_KEY), previous: seed(bindings::LOG_KEY_PREVIOUS) }
}

fn assumed(env: &Env) -> Jurisdiction {
    variable(env, bindings::JURISDICTION)
        .and_then(|text| Jurisdiction::parse(&text))
        .unwrap_or(Jurisdiction::UNKNOWN)
}

/// A variable or secret that is there and not empty. Read as a plain property: plain workerd binds what its environment
/// lacks to `null`, on which the typed accessors trap.
fn variable(env: &Env, name: &str) -> Option<String> {
    js_sys::Reflect::get(env, &name.into()).ok()?.as_string().filter(|value| !value.is_empty())
}
