//! The names under which the runtime hands things to the Worker; `wrangler.toml` and `workerd.capnp` must agree.

/// The Durable Object namespace with one object per site.
pub const SITES: &str = "SITES";
/// The class of those objects, exported by the shim.
pub const SITE_OBJECT: &str = "SiteObject";
/// The service that answers everything outside the prefix. Under plain workerd it is a disk service: it serves files by
/// exact path, knows no index pages and says `application/octet-stream` about all of them.
pub const ASSETS: &str = "ASSETS";
/// Secret: the operator's bearer token. Absent or empty: every operator request is refused.
pub const OPERATOR_TOKEN: &str = "CONSENTRY_OPERATOR_TOKEN";
/// Secret: the 32 bytes that sign the logs, in 64 hexadecimal digits (`consentry key new`). Absent: nothing can be logged.
pub const LOG_KEY: &str = "CONSENTRY_LOG_KEY";
/// Secret: the key that signed before, while changing keys. It signs beside the new one for as long as it is here.
pub const LOG_KEY_PREVIOUS: &str = "CONSENTRY_LOG_KEY_PREVIOUS";
/// Variable: where logs are, without scheme (`consent.example.com/_c/log`). Absent: the host that publishes a site's first
/// policy, and the prefix. A log keeps the origin it began with.
pub const LOG_ORIGIN: &str = "CONSENTRY_LOG_ORIGIN";
/// Variable: the path prefix of everything this service answers itself. Absent: `/_c`.
pub const PREFIX: &str = "CONSENTRY_PREFIX";
/// Variable: the jurisdiction to assume where the runtime does not know one (`DE`, `US-CA`), which is everywhere but on
/// Cloudflare's network. Absent: unknown, hence the strictest rules.
pub const JURISDICTION: &str = "CONSENTRY_JURISDICTION";
/// Variable: the site whose GPC statement `/.well-known/gpc.json` serves on this host. Absent: that path answers 404.
pub const SITE: &str = "CONSENTRY_SITE";
/// Variable: how many records are taken, `PER_SECOND_FOR_THE_SITE/PER_MINUTE_FOR_A_CLIENT_NETWORK`. Absent: `5000/120`.
pub const RATE: &str = "CONSENTRY_RATE";
