/** What reaches `dataLayer`, in which order and form. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { calls, frozen, Visit } from "./part";

const AD = ["ad_storage", "ad_user_data", "ad_personalization"];
const types = {
  ad_storage: ["advertising", "ads"],
  ad_user_data: ["advertising", "ads"],
  ad_personalization: ["advertising", "ads"],
  analytics_storage: ["functional"],
  functionality_storage: ["functional"],
  personalization_storage: ["functional"],
  security_storage: ["required"],
};
const CONFIG = { types, layer: "dataLayer", open: false, set: { ads_data_redaction: true } };

/** All seven types, these of them granted. */
const states = (...granted: string[]) =>
  Object.fromEntries(Object.keys(types).map((type) => [type, granted.includes(type) || type == "security_storage" ? "granted" : "denied"]));
const NOTHING = states();
const FUNCTIONAL = states("analytics_storage", "functionality_storage", "personalization_storage");
const EVERYTHING = states(...Object.keys(types));

const layer = (visit: Visit) => calls(visit.window.dataLayer);
const updates = (visit: Visit) => layer(visit).filter((entry) => entry?.[1] == "update");

test("google_before_a_choice_defaults_to_denied_and_updates_nothing", () => {
  const visit = new Visit().run("google", { ...CONFIG, wait_for_update: 500 });
  assert.deepEqual(layer(visit), [
    ["consent", "default", { ...NOTHING, wait_for_update: 500 }],
    ["set", "ads_data_redaction", true],
  ]);
});

test("google_pushes_arguments_objects_because_arrays_are_ignored", () => {
  const visit = new Visit().run("google", CONFIG).decide({ advertising: true });
  assert.equal(visit.window.dataLayer.length, 3);
  for (const entry of visit.window.dataLayer) assert.equal(Object.prototype.toString.call(entry), "[object Arguments]");
});

test("google_with_a_stored_choice_updates_once_after_the_default", () => {
  const visit = new Visit({ functional: true }).run("google", CONFIG);
  assert.deepEqual(layer(visit).map(([command, name]) => `${command} ${name}`), [
    "consent default",
    "set ads_data_redaction",
    "consent update",
  ]);
  assert.deepEqual(layer(visit)[0]![2], NOTHING);
  assert.deepEqual(layer(visit)[2]![2], FUNCTIONAL);
});

test("google_updates_once_for_each_decision_that_changes_something", () => {
  const visit = new Visit().run("google", CONFIG);
  visit.decide({ functional: true, advertising: true }).decide({}).decide({ advertising: false }).decide({ functional: false });
  assert.deepEqual(updates(visit).map((entry) => entry[2]), [EVERYTHING, FUNCTIONAL, NOTHING]);
});

test("google_with_a_service_refused_by_name_denies_the_types_that_need_it", () => {
  const visit = new Visit().run("google", CONFIG).decide({ functional: true, advertising: true }, ["ads"]);
  assert.deepEqual(updates(visit).map((entry) => entry[2]), [FUNCTIONAL]);
});

test("google_where_refusal_ends_it_defaults_to_what_holds_and_denies_where_google_sees_another_place", () => {
  const all = { functional: true, advertising: true };
  const open = { ...CONFIG, open: true, region: ["DE", "FR"] };
  const visit = new Visit(all).run("google", open);
  assert.deepEqual(layer(visit).slice(0, 2), [
    ["consent", "default", { ...NOTHING, region: ["DE", "FR"] }],
    ["consent", "default", EVERYTHING],
  ]);
  assert.deepEqual(updates(visit), []);
  // Refused on an earlier page, or by a signal: not even for a moment is more granted than that.
  const refused = new Visit().run("google", open);
  assert.deepEqual(layer(refused)[1], ["consent", "default", NOTHING]);
  assert.deepEqual(updates(refused), []);
});

test("google_finding_the_pages_own_default_adds_none_and_says_only_what_differs", () => {
  const own = (...args: unknown[]) => Object.assign(Object.create(null), args, { length: args.length });
  const window = { dataLayer: [null, { event: "gtm.js" }, own("consent", "default", { ...NOTHING })] };
  const visit = new Visit({}, window).run("google", { ...CONFIG, set: {} });
  assert.equal(window.dataLayer.length, 3);
  visit.decide({ advertising: true, functional: true });
  assert.deepEqual(updates(visit).map((entry) => entry[2]), [EVERYTHING]);
});

test("google_with_another_layer_and_an_event_uses_both", () => {
  const visit = new Visit().run("google", { ...CONFIG, layer: "other", event: "consentry_update" }).decide({ advertising: true });
  assert.equal(visit.window.dataLayer, undefined);
  assert.deepEqual(visit.window.other.at(-1), { event: "consentry_update" });
  assert.deepEqual(calls(visit.window.other).at(-2)![2], states(...AD));
});

test("google_once_loaded_is_told_through_the_push_it_has_put_in_place", () => {
  const visit = new Visit().run("google", CONFIG);
  const heard: string[] = [];
  visit.window.dataLayer.push = (entry: ArrayLike<string>) => heard.push(`${entry[0]} ${entry[1]}`);
  visit.decide({ functional: true });
  assert.deepEqual(heard, ["consent update"]);
});

test("google_on_a_hostile_page_never_throws_and_says_it_when_it_can", () => {
  new Visit({}, frozen()).run("google", CONFIG).decide({ advertising: true });
  const visit = new Visit({}, { dataLayer: frozen([] as any) }).run("google", CONFIG);
  visit.window.dataLayer = [];
  visit.decide({ functional: true });
  assert.deepEqual(layer(visit).map((entry) => entry[1]), ["default", "ads_data_redaction", "update"]);
});
