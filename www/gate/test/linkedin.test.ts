/** What reaches `lintrk`: nothing without permission, not even later. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { frozen, Visit } from "./part";

const CONFIG = { needs: ["advertising", "ads"] };

test("linkedin_hears_conversions_only_while_it_may", () => {
  const visit = new Visit().run("linkedin", CONFIG);
  const heard: string[] = [];
  visit.window.lintrk("track", "too early");
  visit.decide({ advertising: true });
  // The tag's own snippet keeps what it finds; its program empties the queue and takes the place of the stub.
  visit.window.lintrk("track", "queued");
  assert.deepEqual(visit.window.lintrk.q, [["track", "queued"]]);
  visit.window.lintrk = (_: string, what: string) => heard.push(what);
  visit.window.lintrk("track", "granted");
  visit.decide({ advertising: true }, ["ads"]);
  visit.window.lintrk("track", "withdrawn");
  visit.decide({ advertising: true });
  visit.window.lintrk("track", "granted again");
  assert.deepEqual(heard, ["granted", "granted again"]);
});

test("linkedin_withdrawn_before_its_program_came_has_nothing_left_to_tell_it", () => {
  const visit = new Visit({ advertising: true }).run("linkedin", CONFIG);
  visit.window.lintrk("track", "queued");
  visit.decide({ advertising: false });
  assert.deepEqual(visit.window.lintrk.q, []);
});

test("linkedin_that_was_there_before_the_gate_is_not_heard_of_until_granted", () => {
  const heard: string[] = [];
  const visit = new Visit({}, { lintrk: (_: string, what: string) => heard.push(what) }).run("linkedin", CONFIG);
  visit.window.lintrk("track", "before");
  visit.decide({ advertising: true });
  visit.window.lintrk("track", "after");
  assert.deepEqual(heard, ["after"]);
});

test("linkedin_on_a_hostile_page_never_throws", () => {
  new Visit({}, frozen()).run("linkedin", CONFIG).decide({ advertising: true }).decide({ advertising: false });
});
