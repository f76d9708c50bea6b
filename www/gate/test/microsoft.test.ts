/** What reaches `uetq` and `clarity`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { calls, frozen, Visit } from "./part";

const UET = { open: false, uet: ["advertising", "ads"] };
const CLARITY = { open: false, clarity: { ad: ["advertising"], analytics: ["functional", "chat"] } };
const denied = { ad_storage: "denied" };
const granted = { ad_storage: "granted" };

test("uet_defaults_to_denied_and_hears_each_change_once", () => {
  const visit = new Visit().run("microsoft", UET);
  assert.deepEqual(visit.window.uetq, ["consent", "default", denied]);
  visit.decide({ advertising: true }).decide({ functional: true }).decide({ advertising: true }, ["ads"]);
  assert.deepEqual(visit.window.uetq.slice(3), ["consent", "update", granted, "consent", "update", denied]);
  assert.equal(visit.window.clarity, undefined);
});

test("uet_with_a_stored_choice_is_granted_after_its_default", () => {
  const visit = new Visit({ advertising: true }).run("microsoft", UET);
  assert.deepEqual(visit.window.uetq, ["consent", "default", denied, "consent", "update", granted]);
});

test("uet_where_refusal_ends_it_defaults_to_what_holds", () => {
  assert.deepEqual(new Visit({ advertising: true }).run("microsoft", { ...UET, open: true }).window.uetq, ["consent", "default", granted]);
  assert.deepEqual(new Visit().run("microsoft", { ...UET, open: true }).window.uetq, ["consent", "default", denied]);
});

test("uet_queued_before_the_gate_finds_the_default_first_and_loaded_hears_it_at_once", () => {
  const window = { uetq: ["event", "visit", {}] };
  new Visit({}, window).run("microsoft", UET);
  assert.deepEqual(window.uetq.slice(0, 4), ["consent", "default", denied, "event"]);
  const heard: unknown[][] = [];
  const loaded = new Visit({}, { uetq: { push: (...args: unknown[]) => heard.push(args) } }).run("microsoft", UET);
  loaded.decide({ advertising: true });
  assert.deepEqual(heard, [["consent", "default", denied], ["consent", "update", granted]]);
});

test("clarity_hears_both_states_with_the_capital_s_and_each_change_once", () => {
  const visit = new Visit().run("microsoft", CLARITY);
  visit.decide({ functional: true }).decide({}).decide({ advertising: true }).decide({ functional: true }, ["chat"]);
  const states = (ad_Storage: string, analytics_Storage: string) => ["consentv2", { ad_Storage, analytics_Storage }];
  assert.deepEqual(calls(visit.window.clarity.q), [
    states("denied", "denied"),
    states("denied", "granted"),
    states("granted", "granted"),
    states("granted", "denied"),
  ]);
});

test("clarity_that_has_loaded_is_called_itself", () => {
  const heard: unknown[][] = [];
  const visit = new Visit({}, { clarity: (...args: unknown[]) => heard.push(args) }).run("microsoft", CLARITY);
  assert.equal(heard.length, 1);
  visit.decide({ functional: true });
  assert.deepEqual(heard[1], ["consentv2", { ad_Storage: "denied", analytics_Storage: "granted" }]);
});

test("microsoft_on_a_hostile_page_never_throws", () => {
  for (const window of [frozen(), { uetq: frozen([] as any), clarity: 1 }, { uetq: "x", clarity: () => JSON.parse("{") }]) {
    new Visit({}, window).run("microsoft", { ...UET, ...CLARITY }).decide({ advertising: true }).decide({ advertising: false });
  }
});
