/** The documents for sites: what they name exists, what exists is named, and every example runs and has the right types. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { ADDRESSES } from "../src/addresses";
import { VALUE, World } from "./world";

const API = readFileSync("docs/api.md", "utf8");
const INSTALL = readFileSync("docs/install.md", "utf8");
const README = readFileSync("README.md", "utf8");
const TYPES = readFileSync("www/gate/consentry.d.ts", "utf8");

/** Examples in one language, in order. */
const snippets = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map((found) => found[1]!);
const section = (text: string, title: string) => text.split(`\n## ${title}\n`)[1]!.split("\n## ")[0]!;
const all = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((found) => found[1]!))].sort();

test("functions_of_the_types_and_of_the_document_are_the_same", () => {
  const inTypes = all(/interface Consentry \{(.*?)^\}/ms.exec(TYPES)![1]!, /^ {4}(\w+)\(/gm);
  assert.ok(inTypes.includes("whenGranted"), "the pattern finds functions");
  assert.deepEqual(all(section(API, "Functions"), /^\| `(\w+)\(/gm), inTypes);
  assert.deepEqual(Object.keys(new World().run().api).sort(), inTypes, "and the gate has them");
});

test("events_of_the_types_and_of_the_document_are_the_same_with_what_they_carry", () => {
  const carried = (text: string, pattern: RegExp, isIds: RegExp) =>
    [...text.matchAll(pattern)].map(([, name, detail]) => `${name} ${isIds.test(detail!) ? "ids" : "grants"}`).sort();
  const inTypes = carried(TYPES, /^ {8}"consentry:(\w+)": CustomEvent<(.*)>;/gm, /string\[\]/);
  assert.equal(inTypes.length, 5);
  assert.deepEqual(carried(section(API, "Events"), /^\| `consentry:(\w+)` \|.*\| (.*) \|$/gm, /identifiers/), inTypes);
  const union = /type ConsentryEvent =(.*?);/s.exec(TYPES)![1]!;
  assert.deepEqual(all(union, /"(\w+)"/g), inTypes.map((line) => line.split(" ")[0]!));
});

test("attributes_that_wait_are_all_in_both_documents", () => {
  const waiting = ["category", "service", "type", "consentry", "consentry-post", ...ADDRESSES].map((name) => `data-${name}`).sort();
  const named = all(section(API, "Attributes"), /`(data-[a-z-]+)`/g).filter((name) => !/-(part|embed)$/.test(name));
  assert.deepEqual(named, waiting);
  for (const name of waiting) assert.match(INSTALL, new RegExp(`${name}[="\\s\`]`), name);
});

/** What the documents call the site's own, and how often each was called. */
const given = () => {
  const calls: Record<string, unknown[][]> = {};
  const own: Record<string, unknown> = {};
  for (const name of ["startChat", "stopChat", "playFilm", "showForm", "offer"]) {
    calls[name] = [];
    own[name] = (...args: unknown[]) => calls[name]!.push(args);
  }
  return { calls, own };
};

interface Page {
  hash?: string;
  referrer?: string;
}

/** Evaluates an example on this page; what it declares is returned by name. */
const evaluate = (world: World, code: string, own: Record<string, unknown>, page: Page = {}, ...names: string[]) => {
  const kept = new Map<string, string>();
  Object.assign(world.document, { referrer: page.referrer ?? "" });
  const globals = {
    ...own,
    window: world.window,
    document: world.document,
    location: Object.assign(world.location, { hash: page.hash ?? "" }),
    history: { replaceState: (_: unknown, __: string, url: string) => (world.location.href = url) },
    sessionStorage: { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) },
    console: { debug() {} },
  };
  // As in a browser, `consentry` is a property of the window.
  const body = `with (given) with (window) { return (() => { ${code}; return { ${names.join(", ")} }; })(); }`;
  return new Function("given", body)(globals) as Record<string, any>;
};

/** A visitor who allows everything, looks at the preferences, and takes it all back. */
const visit = async (world: World) => {
  await world.settle();
  world.api.set({ functional: true, advertising: true });
  await world.settle();
  world.api.set({ functional: false, advertising: false });
  await world.settle();
  world.api.open();
  await world.settle();
};

test("every_example_runs_and_calls_what_it_says", async () => {
  const { calls, own } = given();
  const examples = [...snippets(README, "js"), ...snippets(API, "js")];
  assert.ok(examples.length >= 7);
  for (const code of examples) {
    const world = new World().run();
    evaluate(world, code, own);
    await visit(world);
  }
  const called = Object.keys(calls).filter((name) => calls[name]!.length);
  assert.deepEqual(called, ["startChat", "stopChat", "playFilm", "showForm"], "the hand-over has the offer");
});

test("example_of_waiting_works_before_the_gate_too", async () => {
  const { calls, own } = given();
  const world = new World();
  evaluate(world, snippets(API, "js")[0]!, own);
  await world.run().settle();
  assert.deepEqual(calls.showForm, [[{ required: true, functional: false, advertising: false }]]);
});

test("example_of_following_hears_of_changes_until_it_stops", async () => {
  const { calls, own } = given();
  const world = new World().run();
  evaluate(world, snippets(API, "js").find((code) => code.includes("const stop"))!, own);
  await visit(world);
  world.api.set({ functional: true });
  await world.settle();
  assert.deepEqual([calls.startChat!.length, calls.stopChat!.length], [1, 1]);
});

test("example_of_putting_aside_asks_again_after_a_reset", async () => {
  const [close, reset] = snippets(API, "js").find((code) => code.includes("close()"))!.split("\n");
  const world = new World({ cookie: VALUE("03") }).run();
  evaluate(world, reset!, {});
  assert.deepEqual([world.api.get("functional"), world.shown()], [false, ["layer", "link"]]);
  evaluate(world, close!, {});
  assert.deepEqual([world.shown(), world.cookie], [["link"], [""]], "without a choice");
});

const handOver = () => {
  const [giving, taking] = snippets(section(INSTALL, "Several domains"), "js");
  return { giving: giving!, taking: taking! };
};

/** What the first domain hands over after this choice. */
const handed = async (grants: Record<string, boolean>) => {
  const world = new World().run();
  const { address } = evaluate(world, handOver().giving, {}, {}, "address");
  assert.equal(address("https://shop.example/"), "https://shop.example/", "nothing was chosen yet");
  world.api.set(grants);
  await world.settle();
  return new URL(address("https://shop.example/")).hash;
};

test("handed_over_refusal_is_taken_and_recorded", async () => {
  const { calls, own } = given();
  const world = new World().run();
  evaluate(world, handOver().taking, own, { hash: await handed({ functional: false }), referrer: "https://www.example.com/" });
  await world.settle();
  assert.deepEqual([world.cookie[4], world.cookie[5], calls.offer], ["r", "i", []]);
  assert.equal(world.location.href, "/kit?a=1", "what was handed over is gone from the address");
});

test("handed_over_grant_is_offered_and_taken_only_when_agreed", async () => {
  const { calls, own } = given();
  const world = new World().run();
  evaluate(world, handOver().taking, own, { hash: await handed({ functional: true }), referrer: "https://www.example.com/" });
  await world.settle();
  assert.equal(world.api.get("functional"), false);
  const [names, agree] = calls.offer![0] as [string[], () => void];
  assert.deepEqual(names, ["functional"]);
  agree();
  assert.equal(world.api.get("functional"), true);
});

test("hand_over_from_anybody_else_is_ignored", async () => {
  const { calls, own } = given();
  const hash = await handed({ functional: false });
  for (const referrer of ["", "https://evil.example/", "https://www.example.com.evil.example/"]) {
    const world = new World().run();
    evaluate(world, handOver().taking, own, { hash, referrer });
    await world.settle();
    assert.deepEqual([world.jar.size, calls.offer!.length], [0, 0], referrer);
  }
});

const scratch = mkdtempSync(join(tmpdir(), "docs-"));
after(() => rmSync(scratch, { recursive: true }));

/** What the examples import, as far as they use it. */
const FRAMEWORKS = `
declare module "react" {
  export function useSyncExternalStore<T>(subscribe: (changed: () => void) => () => void, get: () => T, onServer?: () => T): T;
}
declare module "vue" {
  export interface Ref<T> { value: T }
  export function ref<T>(value: T): Ref<T>;
  export function onMounted(fn: () => void): void;
  export function onUnmounted(fn: () => void): void;
}
declare module "svelte/store" {
  export interface Readable<T> { subscribe(fn: (value: T) => void): () => void }
  export function readable<T>(value: T, start?: (set: (value: T) => void) => void | (() => void)): Readable<T>;
}
`;
const OWN = `
declare const consentry: import("./consentry").Consentry;
declare function startChat(): void;
declare function stopChat(): void;
declare function playFilm(): void;
declare function showForm(grants: import("./consentry").ConsentryGrants): void;
declare function offer(names: string[], agree: () => void): void;
`;

test("examples_have_the_types_they_claim", () => {
  cpSync("www/gate/consentry.d.ts", join(scratch, "consentry.d.ts"));
  writeFileSync(join(scratch, "frameworks.d.ts"), FRAMEWORKS);
  writeFileSync(join(scratch, "own.d.ts"), OWN);
  // In braces, because these are scripts: their names would meet in one scope.
  [README, API, INSTALL].flatMap((text) => snippets(text, "js")).forEach((code, at) => writeFileSync(join(scratch, `example${at}.js`), `{${code}}`));
  snippets(API, "ts").forEach((code, at) => writeFileSync(join(scratch, `example${at}.ts`), code));
  const compilerOptions = {
    target: "es2020",
    module: "esnext",
    moduleResolution: "bundler",
    lib: ["es2020", "dom", "dom.iterable"],
    types: [],
    allowJs: true,
    checkJs: true,
    strict: true,
    noImplicitAny: false,
    noEmit: true,
  };
  writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts", "*.js"] }));
  try {
    execFileSync("node", [resolve("node_modules/typescript/bin/tsc"), "-p", scratch], { encoding: "utf8" });
  } catch (error) {
    assert.fail((error as { stdout: string }).stdout);
  }
});

/** The frameworks' side of the examples: each calls what it was handed when the framework itself would. */
const frameworks = () => {
  const ends: (() => void)[] = [];
  return {
    ends,
    react: {
      useSyncExternalStore: (subscribe: (changed: () => void) => () => void, get: () => unknown) => {
        const shown = { value: get() };
        ends.push(subscribe(() => (shown.value = get())));
        return shown;
      },
    },
    vue: { ref: (value: unknown) => ({ value }), onMounted: (fn: () => void) => fn(), onUnmounted: (fn: () => void) => ends.push(fn) },
    "svelte/store": {
      readable: (value: unknown, start: (set: (value: unknown) => void) => () => void) => {
        const shown = { value };
        ends.push(start((next) => (shown.value = next)));
        return shown;
      },
    },
  };
};

test("snippets_for_frameworks_follow_the_choice_until_they_end", async () => {
  for (const name of ["react", "vue", "svelte/store"] as const) {
    const code = snippets(API, "ts").find((code) => code.includes(`from "${name}"`))!;
    const flags = ["--loader=ts", "--format=cjs", "--target=es2020"];
    const plain = execFileSync("node_modules/esbuild/bin/esbuild", flags, { input: code, encoding: "utf8" });
    for (const late of [false, true]) {
      const world = new World();
      if (late) world.run();
      const side = frameworks();
      const module = { exports: {} as Record<string, (id: string) => { value: unknown }> };
      const globals = { window: world.window, document: world.document, module, exports: module.exports };
      new Function("require", ...Object.keys(globals), plain)((wanted: typeof name) => side[wanted], ...Object.values(globals));
      const [use] = Object.values(module.exports);
      const film = use!("video");
      assert.equal(film.value, false, name);
      if (!late) world.run();
      await world.settle();
      world.api.set({ functional: true });
      await world.settle();
      assert.equal(film.value, true, `${name} hears the grant`);
      world.api.set({ functional: false });
      await world.settle();
      assert.equal(film.value, false, `${name} hears the withdrawal`);
      for (const end of side.ends) end();
      world.api.set({ functional: true });
      await world.settle();
      assert.equal(film.value, false, `${name} has stopped`);
    }
  }
});
