/** What reaches `ttq`, and before what. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { frozen, Visit } from "./part";

const CONFIG = { needs: ["advertising", "ads"] };

/** As the pixel's own snippet does: keeps the array it finds, and gives it methods that queue. */
const snippet = (window: Record<string, any>) => {
  const ttq = (window.ttq = window.ttq || []);
  for (const name of ["page", "holdConsent", "grantConsent", "revokeConsent"]) ttq[name] = (...args: unknown[]) => ttq.push([name, ...args]);
  ttq.page();
};
const names = (window: Record<string, any>) => window.ttq.map(([name]: [string]) => name);

test("tiktok_before_a_choice_is_held_before_its_page_is_counted", () => {
  const visit = new Visit().run("tiktok", CONFIG);
  snippet(visit.window);
  assert.deepEqual(names(visit.window), ["holdConsent", "page"]);
});

test("tiktok_whose_snippet_ran_first_is_still_held_before_its_page_is_counted", () => {
  const window = {};
  snippet(window);
  const visit = new Visit({}, window).run("tiktok", CONFIG);
  assert.deepEqual(names(window), ["holdConsent", "page"]);
  visit.decide({ advertising: true });
  assert.deepEqual(names(window), ["grantConsent", "page"]);
});

test("tiktok_that_has_loaded_hears_each_change_once", () => {
  const heard: string[] = [];
  const ttq = Object.fromEntries(["holdConsent", "grantConsent", "revokeConsent"].map((name) => [name, () => heard.push(name)]));
  const visit = new Visit({ advertising: true }, { ttq }).run("tiktok", CONFIG);
  visit.decide({ functional: true }).decide({ advertising: true }, ["ads"]).decide({ advertising: true });
  assert.deepEqual(heard, ["grantConsent", "revokeConsent", "grantConsent"]);
});

test("tiktok_on_a_hostile_page_never_throws", () => {
  for (const window of [frozen(), { ttq: frozen([] as any) }, { ttq: 1 }]) {
    new Visit({}, window).run("tiktok", CONFIG).decide({ advertising: true }).decide({ advertising: false });
  }
});
