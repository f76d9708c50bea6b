/** Whose an address is. Reads the table that `consentry_enforce::automatic` writes and explains; held to the same vectors as its matcher. */

/** Patterns by owner: see `AutoPatterns` in `crates/api/src/policy/automatic.rs`. */
export interface Table {
  services: Record<string, string>;
  categories: Record<string, string>;
}

/** A service of the policy, or the category of one that only the catalogue knows. */
export type Owner = { service?: string; category?: string };

type Row = { port: string; path: string; letters: number; owner: Owner };

/** Whether a pattern in which `*` stands for anything describes a beginning of the text. */
const fits = (pattern: string, text: string) => {
  let at = 0;
  return pattern.split("*").every((piece, index) => {
    const found = text.indexOf(piece, at);
    at = found + piece.length;
    return index ? found >= 0 : !found;
  });
};

/** Reads the table once; what it returns takes an address as a page writes it and where the page is. */
export const matcher = ({ services, categories }: Table): ((url: string, page: string) => Owner | undefined) => {
  // By host, with a leading dot for its subdomains.
  const hosts = new Map<string, Row[]>();
  const read = (patterns: string, owner: Owner) => {
    for (const line of patterns.split("\n")) {
      const [end, ...rest] = line.split(" ");
      for (const pattern of rest) {
        const [, host, port = "", path] = /^([^:/]*)(?::(\d+))?(.*)/.exec(pattern)!;
        const rows = hosts.get(host + end!) || [];
        hosts.set(host + end!, rows);
        rows.push({ port, path: path!, letters: path!.replace(/\*/g, "").length, owner });
      }
    }
  };
  for (const service in services) read(services[service]!, { service });
  for (const category in categories) read(categories[category]!, { category });
  // The most specific first.
  for (const rows of hosts.values())
    rows.sort((a, b) => +!a.port - +!b.port || b.letters - a.letters || (a.path < b.path ? -1 : 1));

  return (url, page) => {
    let address;
    let own;
    try {
      own = new URL(page);
      address = new URL(url, page);
    } catch {
      return;
    }
    const { protocol, host, hostname, port, pathname, search } = address;
    // What a site serves itself it can mark.
    if (!/^(http|ws)s?:$/.test(protocol) || host == own.host) return;
    for (let key = hostname.replace(/\.$/, ""); key; ) {
      const row = hosts.get(key)?.find((row) => (!row.port || row.port == port) && fits(row.path, pathname + search));
      if (row) return row.owner;
      // `a.b.c`, then `.b.c`, then `.c`.
      const dot = key.indexOf(".", 1);
      key = dot > 0 ? key.slice(dot) : "";
    }
    return;
  };
};
