/** The vectors that drive the Rust core drive the gate too: whatever one decides, the other decides. */
import "./globals";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ACTION, FINGERPRINT, PREVIOUS, RECORD, SOURCE, SUBJECT } from "../src/fields";
import { flagsOf, grantsOf, number, parseChoice, refuses } from "../src/cookie";
import { ACTIONS, SOURCES } from "../src/wire";
import type { Bridge } from "../src/bridge";
import { World } from "./world";

const vectors = (name: string): any[] => JSON.parse(readFileSync(`tests/vectors/${name}.json`, "utf8"));

const dom = ({ gpc, dnt }: { gpc: string; dnt: string }) => ({
  ...(gpc == "absent" ? {} : { globalPrivacyControl: gpc == "on" }),
  doNotTrack: { on: "1", allow: "0" }[dnt] ?? null,
});

test("choice_cookie_vectors_read_as_in_the_core", () => {
  for (const { name, value, choice: expected } of vectors("choice_cookie")) {
    const choice = parseChoice(value);
    const fields = choice && {
      fingerprint: choice[FINGERPRINT],
      grants: grantsOf(choice),
      flags: flagsOf(choice),
      action: (ACTIONS as Record<string, string>)[choice[ACTION]!],
      source: (SOURCES as Record<string, string>)[choice[SOURCE]!],
      denied_services: Array.from({ length: 160 }, (_, index) => index).filter((index) => refuses(choice, index)),
      subject: choice[SUBJECT],
      record: choice[RECORD],
      time: number(choice[RECORD]!.slice(0, 12)),
      previous: choice[PREVIOUS] || null,
    };
    assert.deepEqual(fields, expected, name);
  }
});

test("dom_signals_vectors_are_heard_as_stated", async () => {
  for (const { globalPrivacyControl, doNotTrack, gpc, dnt } of vectors("dom_signals")) {
    const navigator = { ...(globalPrivacyControl === null ? {} : { globalPrivacyControl }), doNotTrack };
    const world = new World({ navigator, banner: (bridge) => assert.equal(bridge.signals(), `${gpc},${dnt}`) }).run();
    world.api.open();
    await world.settle();
    assert.equal(world.loaded.length, 1);
    assert.equal(world.location.href, "https://edge.example/_c/shop/preferences?lang=en&return=%2Fkit%3Fa%3D1", "no opener, so the page");
  }
});

test("law_vectors_come_out_in_the_page_as_in_the_core", () => {
  const { now, groups } = JSON.parse(readFileSync("tests/vectors/law.json", "utf8"));
  let cases = 0;
  for (const { places, effect, payload, cases: all } of groups) {
    for (const [header, stored, cookie, granted, ask, honoured] of all) {
      const world = new World({ payload: { ...payload, header }, cookie, now }).run();
      const name = `${places}, ${effect}: ${stored}, signals ${header}`;
      const bits = payload.categories.reduce((bits: number, id: string, bit: number) => bits | (+world.api.get(id) << bit), 0);
      assert.equal(bits, granted, name);
      assert.equal(world.part("layer").slot, ask, name);
      assert.equal(world.shown().includes("layer"), ask > 0, name);
      assert.equal(world.shown().includes("status"), honoured, name);
      cases++;
    }
  }
  assert.ok(cases >= 400, `${cases} cases`);
});

test("decision_vectors_reach_the_expectation_of_the_core", async () => {
  for (const { name, policy, model, fingerprint, table, denied, cookie, header, dom: signals, now, expect } of vectors("decision")) {
    const services = policy.services.map(([id, category]: [string, string]) => [id, policy.categories.indexOf(category)]);
    const { categories, choice_days, cooldown_days } = policy;
    const payload = { categories, services, choice_days, cooldown_days, model, fingerprint, table, denied, header };
    let bridge: Bridge | undefined;
    const world = new World({ payload, cookie, now, navigator: dom(signals), banner: (given) => (bridge = given) }).run();
    // Twice: noting a signal, which the gate does at once, must not change what follows from it.
    const check = (when: string) => {
      const state = Object.fromEntries(categories.map((id: string, bit: number) => [id, !!((expect.grants >> bit) & 1)]));
      assert.deepEqual(world.api.get(), state, `${name}: grants ${when}`);
      assert.equal(world.shown().includes("layer"), expect.ask, `${name}: ask ${when}`);
      assert.equal(world.shown().includes("status"), expect.honoured, `${name}: honoured ${when}`);
      const run = services.map(([id]: [string]) => world.api.get(id));
      // A category and a service of one name are told apart by the marked element, not by `get`.
      assert.deepEqual(run, expect.services, `${name}: services ${when}`);
    };
    check("at once");
    world.window.dispatchEvent(new Event("pageshow"));
    check("later");
    world.api.open();
    await world.settle();
    assert.equal(bridge!.grants(), expect.grants, name);
  }
});
