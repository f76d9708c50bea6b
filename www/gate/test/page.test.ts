/** The gate and its page: the site's API, the layer, the banner's coming and not coming, other tabs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bridge } from "../src/bridge";
import { FakeDocument } from "./dom";
import { VALUE, World } from "./world";

test("api_tells_categories_and_services", () => {
  const { api } = new World({ cookie: VALUE("03", "01", "s", "04") }).run();
  assert.deepEqual(api.get(), { required: true, functional: true, advertising: false });
  assert.deepEqual(["functional", "video", "chat", "ads", "nobody"].map((id) => api.get(id)), [true, true, false, false, false]);
});

test("set_changes_only_what_it_names_and_only_when_it_changes", () => {
  const world = new World({ cookie: VALUE("03", "01", "s", "04") }).run();
  world.api.set({ functional: true, required: false, nobody: true });
  assert.deepEqual(world.written, []);
  world.api.set({ advertising: true });
  assert.deepEqual(world.cookie.slice(2, 7), ["07", "11", "s", "i", "04"], "the refused service stays refused");
});

test("events_reach_listeners_and_the_document_until_they_are_stopped", async () => {
  const world = new World();
  const heard: string[] = [];
  for (const name of ["ready", "change", "open"]) {
    world.document.addEventListener(`consentry:${name}`, (event) => heard.push(`${name} ${JSON.stringify((event as CustomEvent).detail.functional)}`));
  }
  world.run();
  await world.settle();
  const stop = world.api.on("change", ({ functional }) => heard.push(`on ${functional}`));
  world.api.set({ functional: true });
  await world.settle();
  stop();
  world.api.set({ functional: false });
  await world.settle();
  assert.deepEqual(heard, ["ready false", "change true", "on true", "change false"]);
});

test("ready_is_told_to_those_who_come_late", async () => {
  const world = new World().run();
  let ready = 0;
  world.api.on("ready", () => ready++);
  await world.settle();
  assert.equal(ready, 1);
});

test("nothing_is_thrown_into_the_page", () => {
  const world = new World().run();
  const api = world.api as any;
  for (const junk of [null, undefined, 1, "x", Symbol()]) {
    api.set(junk);
    api.get(junk);
  }
  world.document.dispatchEvent(new Event("click"));
  new World({ payload: { html: null as any, table: null as any, services: null as any } }).run();
});

/** A page in German whose tag is a real element. */
const german = (lang: string, language?: string) => {
  const document = new FakeDocument();
  document.documentElement.lang = lang;
  const tag = document.createElement("script").setAttribute("id", "tag").setAttribute("async", "");
  Object.assign(tag, { src: "https://edge.example/_c/shop.js", nonce: "gate-nonce" });
  document.head.append(tag);
  document.currentScript = tag;
  return { document, world: new World({ document, parts: language ? { again: [language, false] } : {} }).run() };
};

test("page_in_another_offered_language_gets_this_script_in_that_one", () => {
  const { document, world } = german("de-AT", "^(de|fr)\\b");
  assert.equal(world.api, undefined, "the other one does it all");
  assert.equal(document.head.children.length, 1, "in the place of the first");
  const [next] = document.head.children;
  assert.equal(next!.src, "https://edge.example/_c/shop.js?lang=de-AT");
  assert.equal(next!.nonce, "gate-nonce");
  assert.deepEqual(world.written, []);
  // It comes, says that it was asked for by name, and finds nobody before it.
  document.currentScript = next;
  world.setting.parts = {};
  world.run();
  assert.deepEqual(world.shown(), ["layer", "link"]);
});

test("page_in_no_other_offered_language_stays_with_this_script", () => {
  for (const [lang, elsewhere] of [["en-GB", "^(de|fr)\\b"], ["", "^(de)\\b"], ["de", undefined], ["pt-BR", "^(pt(?!-(br)\\b))\\b"]] as const) {
    const { document, world } = german(lang, elsewhere);
    assert.deepEqual(world.shown(), ["layer", "link"], lang);
    assert.equal(document.head.children[0]!.src, "https://edge.example/_c/shop.js", lang);
  }
  // Inlined, it has no address to ask again at.
  const document = new FakeDocument();
  document.documentElement.lang = "de";
  document.currentScript = null;
  assert.deepEqual(new World({ document, parts: { again: ["^(de)\\b", false] } }).run().shown(), ["layer", "link"]);
});

test("layer_says_whether_it_asks_again", () => {
  const table = [[0, 1, 1], [0, 1, 0], [7, 1, 0], [1, 1, 0], [1, 1, 2], [1, 1, 0], [0, 1, 0], [0, 1, 0]] as any;
  assert.equal(new World({ payload: { table } }).run().part("layer").slot, 1);
  const again = new World({ payload: { table, fingerprint: "0000000000000000" }, cookie: VALUE("07", "01", "a") }).run();
  assert.equal(again.part("layer").slot, 2);
  again.click("reject");
  assert.equal(again.part("layer").slot, 0);
});

test("signal_that_comes_up_between_two_pages_is_heard_and_one_that_goes_is_remembered", () => {
  const accepted = VALUE("07", "01", "a");
  const before = new World({ cookie: accepted, navigator: { globalPrivacyControl: false } }).run();
  assert.deepEqual(before.shown(), ["link"]);
  assert.equal(before.api.get("advertising"), true);
  // The script may be an old one, from before the header changed: the page itself says so.
  const during = new World({ cookie: before.cookie.join("."), navigator: { globalPrivacyControl: true } }).run();
  assert.deepEqual(during.shown(), ["status", "link"]);
  assert.equal(during.api.get("advertising"), false);
  assert.deepEqual(during.cookie.slice(2, 6), ["01", "15", "g", "g"], "noted as a decision of its own");
  assert.equal(during.sent.length, 1);
  // Off again: its absence is no consent (4 CCR 904-3 Rule 5.09(B)).
  const after = new World({ cookie: during.cookie.join("."), navigator: { globalPrivacyControl: false } }).run();
  assert.deepEqual(after.shown(), ["status", "link"]);
  assert.equal(after.api.get("advertising"), false);
});

test("second_tag_does_nothing", () => {
  const world = new World().run();
  const { api } = world;
  world.run();
  assert.equal(world.api, api);
  assert.equal(world.document.body!.children.length, 1);
});

test("layer_waits_for_the_body_and_returns_to_it", () => {
  const document = new FakeDocument();
  const { body } = document;
  document.body = null;
  const world = new World({ document }).run();
  world.observed();
  document.body = body;
  world.observed();
  assert.deepEqual(world.shown(), ["layer", "link"]);
  world.root.remove();
  world.observed();
  assert.deepEqual(world.shown(), ["layer", "link"]);
});

test("focus_moves_to_the_link_when_its_button_goes", () => {
  const world = new World().run();
  const button = world.document.createElement("button").setAttribute("data-consentry", "accept");
  world.part("layer").append(button);
  world.document.activeElement = button;
  world.click("accept");
  assert.equal(world.part("link").focused, 1);
});

test("banner_comes_after_the_page_only_where_there_is_something_to_ask", async () => {
  const asking = await new World({ banner: () => {} }).run().settle();
  assert.deepEqual(asking.loaded, ["https://edge.example/_c/banner-0.js"]);
  const decided = await new World({ cookie: VALUE("01", "01", "r"), banner: () => {} }).run().settle();
  assert.deepEqual(decided.loaded, []);
  assert.deepEqual([asking.laters, decided.laters], [1, 1], "there is something that may not run");
  const granted = await (await new World({ cookie: VALUE("07", "01", "a") }).run().settle()).settle();
  assert.equal(granted.laters, 0, "all that comes later is for what may not run");
  decided.root.dispatchEvent(new Event("pointerover"));
  decided.root.dispatchEvent(new Event("focusin"));
  assert.equal(decided.loaded.length, 1, "at first intent, once");
});

test("open_before_the_banner_is_delivered_when_it_has_started", async () => {
  let opened = 0;
  const world = new World({ banner: (bridge) => bridge.onopen(() => opened++) }).run();
  world.click("open");
  assert.equal(opened, 0);
  await world.settle();
  assert.equal(opened, 1);
  world.api.open();
  await world.settle();
  assert.equal(opened, 2);
  assert.equal(world.loaded.length, 1);
});

test("hydrated_root_belongs_to_the_banner_the_rest_of_the_page_does_not", async () => {
  let bridge: Bridge | undefined;
  const world = new World({ banner: (given) => (bridge = given) }).run();
  await world.settle();
  bridge!.hydrated();
  assert.equal(world.click("accept").defaultPrevented, false);
  assert.deepEqual(world.written, []);
  world.click("accept", false);
  assert.equal(world.written.length, 1);
});

test("banner_that_cannot_start_leaves_buttons_page_and_record", async () => {
  const world = await new World({ banner: () => Promise.reject(new Error("wasm")) }).run().settle();
  world.click("accept");
  assert.equal(world.sent.length, 1);
  world.api.open();
  await world.settle();
  assert.equal(world.location.href, "https://edge.example/_c/shop/preferences?lang=en&return=%2Fkit%3Fa%3D1");
});

test("tag_that_comes_after_the_load_event_brings_in_what_comes_after_it", async () => {
  const [early, late] = [new World({ banner: () => {} }), new World({ banner: () => {} })];
  late.document.readyState = "complete";
  for (const world of [early.run(), late.run()]) world.timers.splice(0).forEach((fn) => fn());
  assert.deepEqual([early.loaded, late.loaded], [[], ["https://edge.example/_c/banner-0.js"]]);
});

test("page_that_comes_back_from_the_cache_follows_what_was_chosen_meanwhile", async () => {
  const world = new World().run();
  const [back, first] = [new Event("pageshow"), new Event("pageshow")];
  Object.assign(back, { persisted: true });
  world.jar.set(world.name, VALUE("07", "01", "a"));
  world.reads = 0;
  world.window.dispatchEvent(first);
  assert.deepEqual([world.shown(), world.reads], [["layer", "link"], 0], "what has just been loaded has just looked");
  world.window.dispatchEvent(back);
  assert.deepEqual(world.shown(), ["link"]);
});

test("choice_of_another_tab_is_applied_here", async () => {
  const world = new World();
  world.document.script("advertising", "ads");
  world.run();
  let changes = 0;
  world.api.on("change", () => changes++);
  world.jar.set(world.name, VALUE("07", "01", "a"));
  world.channel.onmessage!();
  world.channel.onmessage!();
  assert.deepEqual(world.document.ran, [], "the message may be ahead of the cookie");
  world.timers.forEach((later) => later());
  assert.deepEqual(world.document.ran, ["ads"]);
  assert.deepEqual(world.shown(), ["link"]);
  await Promise.resolve();
  assert.equal(changes, 1);
  assert.deepEqual(world.written, [], "it is recorded where it was made");
});

test("decision_here_builds_on_what_another_tab_decided", () => {
  const world = new World().run();
  world.jar.set(world.name, VALUE("07", "01", "a"));
  world.click("reject");
  assert.deepEqual([world.cookie[4], world.cookie[9]], ["w", VALUE("07").split(".")[8]]);
});

/** A page whose parser waits for the tag, or does not: then nothing comes of what the script writes. */
const waiting = (waits: boolean, parts: Record<string, unknown>, mode?: string) => {
  const document = new FakeDocument();
  document.documentElement.lang = "de";
  const tag = document.createElement("script");
  if (mode) tag.setAttribute("data-mode", mode);
  Object.assign(tag, { src: "https://edge.example/_c/shop.js", nonce: "gate-nonce" });
  document.head.append(tag);
  document.currentScript = tag;
  (document as any).write = (html: string) => {
    const [, src, nonce] = /src="([^"]*)" nonce="([^"]*)"/.exec(html)!;
    if (waits) document.head.append(Object.assign(document.createElement("script"), { src, nonce }));
  };
  const { warn } = console;
  const warned: string[] = [];
  console.warn = (text: string) => warned.push(text);
  const world = new World({ document, parts }).run();
  console.warn = warn;
  return { world, warned, sources: document.head.children.map((el) => el.src) };
};

test("tag_with_the_automatic_mode_is_written_again_while_the_parser_waits", () => {
  const { world, sources, warned } = waiting(true, { again: ["", false] }, "auto");
  assert.deepEqual(sources, ["https://edge.example/_c/shop.js", "https://edge.example/_c/shop.js?mode=auto"]);
  assert.deepEqual([world.api, warned], [undefined, []], "the other one does it all");
});

test("tag_with_the_automatic_mode_that_nobody_waits_for_stays_and_warns", () => {
  const { world, warned } = waiting(false, { again: ["", false] }, "auto");
  assert.deepEqual([world.shown(), warned], [["layer", "link"], ["Consentry: add ?mode=auto"]]);
});

test("tag_without_the_automatic_mode_asks_for_nothing", () => {
  const { world, sources, warned } = waiting(true, { again: ["", false] });
  assert.deepEqual([world.shown(), sources.length, warned], [["layer", "link"], 1, []]);
});

test("page_in_another_language_stays_automatic_and_the_parser_waits_on", () => {
  const next = "https://edge.example/_c/shop.js?lang=de&mode=auto";
  assert.deepEqual(waiting(true, { again: ["^(de)\\b", true] }).sources, ["https://edge.example/_c/shop.js", next]);
  assert.deepEqual(waiting(false, { again: ["^(de)\\b", true] }).sources, [next], "or it comes as it can");
});
