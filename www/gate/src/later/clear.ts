/** Clears what services that may not run have left in the browser, unless one that may run uses the same name. */
import type { Bridge } from "../bridge";
import type { Clearing, Later } from "../wire";
import { post } from "./facts";

/** Whether a name is meant by a pattern, in which `*` stands for anything. */
const matcher = (pattern: string) =>
  RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*")}$`, "s");

/** Says of names in one store whether they are to go. */
const doomed = (gate: Bridge, { kept }: Later, store: keyof Clearing) => {
  const patterns = (may: boolean) =>
    gate.payload.services.flatMap(([id], index) => (gate.has(id) == may ? (kept[index]?.[store] || []).map(matcher) : []));
  const [out, stay] = [patterns(false), patterns(true)];
  return (name: string) => out.some((pattern) => pattern.test(name)) && !stay.some((pattern) => pattern.test(name));
};

/** One failure must not keep the rest from being cleared. */
const attempt = async (fn: () => unknown) => {
  try {
    await fn();
  } catch {}
};

/** `a.b.c`, `b.c`, and no domain at all. Browsers refuse those that are public suffixes. */
const domains = () => {
  const parts = location.hostname.split(".");
  const above = parts.map((_, at) => parts.slice(at).join("."));
  return ["", ...above.filter((domain) => domain.includes(".") && !/^[\d.]+$/.test(domain)).map((domain) => `;domain=${domain}`)];
};

/** `/a/b`, `/a`, `/`. */
const paths = () => {
  const parts = location.pathname.split("/");
  const all = parts.map((_, at) => parts.slice(0, at + 1).join("/"));
  return [...new Set(["/", ...all, ...all.map((path) => `${path}/`)])];
};

const expire = (name: string) => {
  // A script sees a cookie's name and not where it is from, so every place it could be from is tried. One called `__Secure-…` ends
  // only securely; a partitioned one is another cookie.
  for (const domain of domains())
    for (const path of paths())
      for (const jar of ["", ";secure", ";secure;samesite=none;partitioned"]) document.cookie = `${name}=;max-age=0;path=${path}${domain}${jar}`;
};

const clearStorage = (storage: Storage, goes: (name: string) => boolean) => {
  for (const name of Object.keys(storage)) if (goes(name)) storage.removeItem(name);
};

/**
 * Ends workers, and with them what they are subscribed to. One that is only about to take over is the service's as much as one
 * that works already.
 */
const unregister = async (goes: (path: string) => boolean) => {
  for (const place of await navigator.serviceWorker.getRegistrations())
    for (const worker of [place.installing, place.waiting, place.active])
      if (worker && goes(new URL(worker.scriptURL).pathname)) await place.unregister();
};

export const clear = async (gate: Bridge, facts: Later): Promise<void> => {
  const cookies = doomed(gate, facts, "cookies");
  await attempt(() => {
    for (const pair of document.cookie.split("; ")) {
      const name = pair.split("=")[0]!;
      if (name && cookies(name)) expire(name);
    }
  });
  await attempt(() => clearStorage(localStorage, doomed(gate, facts, "local")));
  await attempt(() => clearStorage(sessionStorage, doomed(gate, facts, "session")));
  await attempt(async () => {
    const databases = doomed(gate, facts, "indexed_db");
    for (const { name } of await indexedDB.databases()) if (name && databases(name)) indexedDB.deleteDatabase(name);
  });
  // Before the caches: a worker that is on its way would fill them again.
  await attempt(() => unregister(doomed(gate, facts, "service_worker")));
  await attempt(async () => {
    const cached = doomed(gate, facts, "cache");
    for (const name of await caches.keys()) if (cached(name)) await caches.delete(name);
  });
};

/** Cookies that no script can see: where the edge is the site's own, it ends them. */
export const endOnServer = async (gate: Bridge): Promise<void> => {
  if (new URL(gate.base).origin == location.origin) await post(gate);
};
