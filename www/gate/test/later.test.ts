/** What comes later: that it clears up after services that may not run, whichever those are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bridge } from "../src/bridge";
import { start } from "../src/later/main";
import { PAYLOAD, VALUE } from "./world";

const VIDEO = { local: ["video_*"], indexed_db: ["ours"], cache: ["video_*"], service_worker: ["*/video-worker.js", "/shared.js"] };
const ADS = { local: ["ads"], cache: ["*_ads"], service_worker: ["/ads.js", "/shared.js"] };
const FACTS = { names: [], kept: [{}, VIDEO, {}, ADS], embed: "", note: "", css: "", reload: "always" };

/** Caches and the scripts of registered workers (installing, waiting, active) that are left. */
let cached: string[];
let workers: string[][];
/** The model in force. */
let law: "opt_out" | "notice" | undefined;
/** How often the server was asked to end cookies. */
let posts: number;

/** A browser whose stores have something, and a visitor who has chosen; returns what is left, and how often the page was loaded again. */
const tidied = async (choice: string | null, running: string[], lost?: string[]) => {
  const local: Record<string, unknown> = { video_1: "1", ads: "2", ours: "3" };
  Object.defineProperty(local, "removeItem", { value: (key: string) => delete local[key] });
  let reloads = 0;
  posts = 0;
  cached = ["video_1", "video_ads", "ours"];
  workers = [["", "", "/ads.js?v=1"], ["", "", "/push/video-worker.js"], ["", "", "/shared.js"], ["/ads.js", "", "/sw.js"], ["", "", "/sw.js"]];
  const worker = (path: string) => (path ? { scriptURL: `https://www.example.com${path}` } : null);
  const registered = workers.map((scripts) => {
    const [installing, waiting, active] = scripts.map(worker);
    return { installing, waiting, active, unregister: async () => (workers = workers.filter((other) => other != scripts)) };
  });
  const serviceWorker = { getRegistrations: async () => registered };
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { serviceWorker } });
  Object.assign(globalThis, {
    localStorage: local,
    sessionStorage: {},
    indexedDB: { databases: async () => [] },
    caches: { keys: async () => [...cached], delete: async (name: string) => (cached = cached.filter((other) => other != name)) },
    location: { hostname: "www.example.com", pathname: "/", protocol: "https:", origin: "https://www.example.com", reload: () => reloads++ },
    document: { cookie: "", adoptedStyleSheets: [], querySelectorAll: () => [] },
    CSSStyleSheet: class {
      replaceSync() {}
    },
    addEventListener: () => 0,
    ResizeObserver: class {
      observe() {}
    },
    MutationObserver: class {
      observe() {}
    },
    fetch: async (_: string, options?: RequestInit) => {
      posts += +(options?.method == "POST");
      return { ok: true, json: async () => FACTS };
    },
  });
  // A policy without a service that is always needed.
  const services = PAYLOAD.services.map(([id, category]) => [id, category || 1] as [string, number]);
  const gate = {
    payload: { ...PAYLOAD, services, model: law },
    base: "https://www.example.com/_c",
    choice: () => choice,
    has: (id: string) => running.includes(id),
    onchange: () => 0,
  } as unknown as Bridge;
  await start(gate, lost);
  return [Object.keys(local), reloads];
};

test("withdrawal_of_the_last_service_clears_and_reloads", async () => {
  assert.deepEqual(await tidied(VALUE("01", "01", "w"), [], ["video", "ads"]), [["ours"], 1]);
  assert.equal(posts, 1);
});

test("withdrawal_of_one_service_spares_what_the_others_keep", async () => {
  assert.deepEqual(await tidied(VALUE("05"), ["ads"], ["video"]), [["ads", "ours"], 1]);
});

test("caches_and_workers_of_what_may_not_run_go_and_those_of_the_site_stay", async () => {
  await tidied(VALUE("01", "01", "w"), [], ["video", "ads"]);
  assert.deepEqual([cached, workers.map(String)], [["ours"], [",,/sw.js"]]);
  await tidied(VALUE("05"), ["ads"], ["video"]);
  assert.deepEqual(cached, ["video_ads", "ours"], "a name in use is spared");
  assert.deepEqual(workers.map(String), [",,/ads.js?v=1", ",,/shared.js", "/ads.js,,/sw.js", ",,/sw.js"]);
});

test("browser_without_workers_is_cleared_all_the_same", async () => {
  const cleared = tidied(VALUE("01", "01", "w"), [], ["video", "ads"]);
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: {} });
  await cleared;
  assert.deepEqual(cached, ["ours"]);
});

test("refusal_of_everything_clears_what_came_since_and_leaves_the_page", async () => {
  assert.deepEqual(await tidied(VALUE("01", "01", "r"), []), [["ours"], 0]);
  assert.equal(posts, 0, "the answer to the record has ended what only the server can");
});

test("refusal_is_written_again_where_a_forgotten_one_would_be_an_agreement", async () => {
  const days = (ago: number) => `${(Date.now() - ago * 86_400_000).toString(16).padStart(12, "0")}7abc9def0123456789ab`;
  const [old, fresh] = [40, 1].map((ago) => VALUE("01", "01", "r", "", days(ago)));
  for (const [model, choice, written] of [["opt_out", old, true], ["notice", old, true], ["opt_out", fresh, false], [undefined, old, false]] as const) {
    law = model;
    await tidied(choice, []);
    const { cookie } = document;
    assert.equal(cookie.includes(`consentry=${choice};`), written, `${model}: ${cookie}`);
    if (written) assert.match(cookie, /max-age=\d+.*;secure$/);
  }
  law = undefined;
});

test("nothing_is_cleared_before_a_choice", async () => {
  assert.deepEqual(await tidied(null, []), [["video_1", "ads", "ours"], 0]);
});
