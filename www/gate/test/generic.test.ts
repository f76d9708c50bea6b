/** What reaches functions, arrays and globals that a policy names. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { frozen, Visit } from "./part";

const nothing = { required: true, functional: false, advertising: false };
const functional = { ...nothing, functional: true };

test("generic_call_hears_the_start_and_each_change_once", () => {
  const heard: unknown[][] = [];
  const vendor = { api: { consent(...args: unknown[]) { heard.push([this == vendor.api, ...args]); } } };
  const config = [{ how: "call", path: ["vendor", "api", "consent"], name: "update" }];
  new Visit({}, { vendor }).run("generic", config).decide({}).decide({ functional: true });
  assert.deepEqual(heard, [[true, "update", nothing], [true, "update", functional]]);
});

test("generic_call_waits_for_the_script_that_brings_its_function", () => {
  const heard: unknown[] = [];
  const visit = new Visit().run("generic", [{ how: "call", path: ["vendor", "consent"] }]);
  visit.loaded();
  visit.window.vendor = { consent: (grants: unknown) => heard.push(grants) };
  visit.loaded();
  visit.loaded();
  assert.deepEqual(heard, [nothing]);
});

test("generic_push_makes_its_array_and_names_its_event", () => {
  const config = [{ how: "push", path: ["layer"], name: "consent" }, { how: "push", path: ["bare"] }];
  const visit = new Visit().run("generic", config).decide({ functional: true });
  assert.deepEqual(visit.window.layer, [{ event: "consent", consent: nothing }, { event: "consent", consent: functional }]);
  assert.deepEqual(visit.window.bare, [nothing, functional]);
});

test("generic_set_replaces_the_global", () => {
  const visit = new Visit().run("generic", [{ how: "set", path: ["siteConsent"] }]);
  assert.deepEqual(visit.window.siteConsent, nothing);
  visit.decide({ functional: true });
  assert.deepEqual(visit.window.siteConsent, functional);
});

test("generic_for_a_service_says_nothing_before_it_was_granted_and_withdrawal_after", () => {
  const config = [{ how: "push", path: ["layer"], needs: ["functional", "chat"] }];
  const visit = new Visit().run("generic", config).decide({ advertising: true });
  assert.equal(visit.window.layer, undefined);
  visit.decide({ functional: true, advertising: false }).decide({ functional: false });
  assert.deepEqual(visit.window.layer, [functional, nothing]);
});

test("generic_function_that_throws_is_not_called_again_for_the_same", () => {
  let called = 0;
  const visit = new Visit({}, { broken() { called++; throw new Error("vendor"); } }).run("generic", [{ how: "call", path: ["broken"] }]);
  visit.loaded();
  assert.equal(called, 1);
});

test("generic_on_a_hostile_page_never_throws", () => {
  const config = ["call", "push", "set"].flatMap((how) => [["a"], ["a", "b"]].map((path) => ({ how, path })));
  for (const window of [frozen(), { a: 1 }, { a: frozen() }]) new Visit({}, window).run("generic", config).decide({ functional: true });
});
