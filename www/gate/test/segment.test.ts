/** What Segment's events carry, and which of them leave. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { frozen, Visit } from "./part";

const CONFIG = { needs: ["functional", "chat"], event: "Segment Consent Preference Updated" };

/** What becomes of an event on its way through the middleware: itself, or nothing. */
const pass = (visit: Visit, context?: object) => {
  const [name, middleware] = visit.window.analytics[0];
  assert.equal(name, "addSourceMiddleware");
  let passed: any;
  middleware({ payload: { obj: context ? { context } : {} }, next: ({ obj }: any) => (passed = obj.context) });
  return passed;
};

test("segment_event_carries_the_categories_as_they_are_when_it_happens", () => {
  const visit = new Visit({ functional: true }).run("segment", CONFIG);
  assert.deepEqual(pass(visit, { page: 1, consent: { other: 2 } }), {
    page: 1,
    consent: { other: 2, categoryPreferences: { required: true, functional: true, advertising: false } },
  });
  visit.decide({ advertising: true });
  assert.equal(pass(visit).consent.categoryPreferences.advertising, true);
});

test("segment_event_without_permission_does_not_leave", () => {
  const visit = new Visit().run("segment", CONFIG);
  assert.equal(pass(visit), undefined);
  visit.decide({ functional: true });
  assert.ok(pass(visit));
  visit.decide({ functional: true }, ["chat"]);
  assert.equal(pass(visit), undefined);
});

test("segment_event_that_cannot_be_stamped_does_not_leave", () => {
  const visit = new Visit({ functional: true }).run("segment", CONFIG);
  assert.equal(pass(visit, frozen()), undefined);
});

test("segment_is_told_of_changes_it_may_hear_of_and_of_nothing_else", () => {
  const visit = new Visit({ functional: true }).run("segment", CONFIG);
  const tracked = () => visit.window.analytics.filter(([name]: [string]) => name == "track").length;
  assert.equal(tracked(), 0, "the page's beginning is no change");
  visit.decide({}).decide({ advertising: true });
  assert.equal(tracked(), 1);
  visit.decide({ functional: false, advertising: false });
  assert.equal(tracked(), 1, "telling would itself need the permission that is gone");
});

test("segment_that_has_loaded_is_called_itself", () => {
  const heard: string[] = [];
  const analytics = { addSourceMiddleware: () => heard.push("middleware"), track: (name: string) => heard.push(name) };
  const visit = new Visit({ functional: true }, { analytics }).run("segment", CONFIG).decide({ advertising: true });
  assert.deepEqual(heard, ["middleware", CONFIG.event]);
  assert.equal(visit.window.analytics, analytics);
});

test("segment_on_a_hostile_page_never_throws", () => {
  for (const window of [frozen(), { analytics: frozen([] as any) }, { analytics: 1 }]) {
    new Visit({}, window).run("segment", CONFIG).decide({ functional: true }).decide({ functional: false });
  }
});
