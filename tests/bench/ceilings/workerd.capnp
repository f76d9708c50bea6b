# What nobody on this machine can be faster than, for the measurements to be compared with. Started by `cargo xtask bench`.

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "hop", worker = .hop),
    (name = "sqlite", worker = .sqlite),
    (name = "state", disk = (writable = true)),
  ],
  sockets = [
    (name = "hop", address = "127.0.0.1:0", http = (), service = "hop"),
    (name = "sqlite", address = "127.0.0.1:0", http = (), service = "sqlite"),
  ],
);

const hop :Workerd.Worker = (
  modules = [(name = "hop.js", esModule = embed "hop.js")],
  compatibilityDate = "2026-04-20",
  bindings = [(name = "OBJECTS", durableObjectNamespace = "Hop")],
  durableObjectNamespaces = [(className = "Hop", uniqueKey = "bench-hop")],
  # Nothing is stored; workerd asks for a place all the same.
  durableObjectStorage = (inMemory = void),
);

const sqlite :Workerd.Worker = (
  modules = [(name = "sqlite.js", esModule = embed "sqlite.js")],
  compatibilityDate = "2026-04-20",
  bindings = [
    (name = "SINGLE", durableObjectNamespace = "Single"),
    (name = "GROUPED", durableObjectNamespace = "Grouped"),
  ],
  durableObjectNamespaces = [
    (className = "Single", uniqueKey = "bench-single", enableSql = true),
    (className = "Grouped", uniqueKey = "bench-grouped", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "state"),
);
