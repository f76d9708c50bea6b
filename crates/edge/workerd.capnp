# Consentry on plain workerd: no account, no container; the log lives in SQLite files below the state folder.
#
#   workerd serve crates/edge/workerd.capnp --directory-path state=STATE --directory-path site=SITE
#
# `cargo xtask dev` does this with both folders made, token and log key generated and the policy published. What comes from the
# environment is explained in wrangler.toml.

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "consentry", worker = .consentry),
    # One SQLite file per site and part of its log. Back up all of this folder; and CONSENTRY_LOG_KEY, which is not in it, offline and
    # apart from it: without the key no log goes on, and whoever has it can sign another history of one.
    (name = "state", disk = (writable = true)),
    # The website itself, read-only. To add Consentry to a running server, route only the prefix here instead.
    (name = "site", disk = (writable = false)),
  ],
  # A server in front that speaks HTTPS says so in this header; without one, nobody's choice depends on it.
  sockets = [(
    name = "http",
    address = "localhost:8787",
    http = (forwardedProtoHeader = "X-Forwarded-Proto"),
    service = "consentry",
  )],
);

const consentry :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "../../target/edge/worker.js"),
    (name = "index_bg.wasm", wasm = embed "../../target/edge/index_bg.wasm"),
  ],
  compatibilityDate = "2026-04-20",
  bindings = [
    (name = "SITES", durableObjectNamespace = "SiteObject"),
    (name = "ASSETS", service = "site"),
    (name = "CONSENTRY_OPERATOR_TOKEN", fromEnvironment = "CONSENTRY_OPERATOR_TOKEN"),
    (name = "CONSENTRY_LOG_KEY", fromEnvironment = "CONSENTRY_LOG_KEY"),
    (name = "CONSENTRY_LOG_KEY_PREVIOUS", fromEnvironment = "CONSENTRY_LOG_KEY_PREVIOUS"),
    (name = "CONSENTRY_LOG_ORIGIN", fromEnvironment = "CONSENTRY_LOG_ORIGIN"),
    (name = "CONSENTRY_PREFIX", fromEnvironment = "CONSENTRY_PREFIX"),
    (name = "CONSENTRY_JURISDICTION", fromEnvironment = "CONSENTRY_JURISDICTION"),
    (name = "CONSENTRY_SITE", fromEnvironment = "CONSENTRY_SITE"),
    (name = "CONSENTRY_RATE", fromEnvironment = "CONSENTRY_RATE"),
  ],
  # The key names the folder of the objects' files. Changing it loses sight of every log.
  durableObjectNamespaces = [(className = "SiteObject", uniqueKey = "consentry-sites", enableSql = true)],
  durableObjectStorage = (localDisk = "state"),
);
