/** What reaches `fbq`, and before what. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { calls, frozen, Visit } from "./part";

const CONFIG = { needs: ["advertising", "ads"], ldu: false };

/** As the pixel's own snippet does: gives up where there is an `fbq`, makes one that queues, then initialises it. */
const snippet = (window: Record<string, any>) => {
  if (window.fbq) return;
  const stub: any = (window.fbq = (...args: unknown[]) => (stub.callMethod ? stub.callMethod(...args) : stub.queue.push(args)));
  if (!window._fbq) window._fbq = stub;
  stub.queue = [];
  window.fbq("init", "1");
  window.fbq("track", "PageView");
};

/** The pixel's program has come: it empties the queue and is called itself from then on. */
const arrive = (window: Record<string, any>) => {
  const heard: string[] = [];
  const stub = window.fbq;
  stub.callMethod = (...args: unknown[]) => heard.push(args.join(" "));
  for (const args of stub.queue.splice(0)) stub.callMethod(...args);
  return heard;
};

test("meta_before_a_choice_is_revoked_before_init", () => {
  const visit = new Visit().run("meta", CONFIG);
  snippet(visit.window);
  assert.deepEqual(calls(visit.window.fbq.queue), [["consent", "revoke"], ["init", "1"], ["track", "PageView"]]);
});

test("meta_released_by_the_choice_is_granted_before_init_and_revoked_on_withdrawal", () => {
  const visit = new Visit().run("meta", CONFIG).decide({ advertising: true });
  snippet(visit.window);
  const heard = arrive(visit.window);
  visit.decide({ functional: true }).decide({ advertising: false }).decide({ advertising: true }, ["ads"]).decide({ advertising: true });
  assert.deepEqual(heard, ["consent grant", "init 1", "track PageView", "consent revoke", "consent grant"]);
});

test("meta_whose_snippet_ran_first_is_still_revoked_before_init", () => {
  const window = {} as Record<string, any>;
  snippet(window);
  new Visit({}, window).run("meta", CONFIG);
  assert.deepEqual(arrive(window), ["consent revoke", "init 1", "track PageView"]);
});

test("meta_withdrawn_while_its_program_is_on_its_way_hears_only_the_last_word_and_first", () => {
  const visit = new Visit().run("meta", CONFIG).decide({ advertising: true });
  snippet(visit.window);
  visit.decide({ advertising: false });
  assert.deepEqual(arrive(visit.window), ["consent revoke", "init 1", "track PageView"]);
});

test("meta_with_limited_data_use_says_so_before_init", () => {
  const visit = new Visit({ advertising: true }).run("meta", { ...CONFIG, ldu: true });
  snippet(visit.window);
  assert.deepEqual(calls(visit.window.fbq.queue).slice(0, 3), [
    ["dataProcessingOptions", ["LDU"], 0, 0],
    ["consent", "grant"],
    ["init", "1"],
  ]);
  visit.decide({ advertising: false });
  assert.equal(calls(visit.window.fbq.queue).filter(([name]) => name == "dataProcessingOptions").length, 1);
});

test("meta_on_a_page_without_the_pixel_leaves_nothing_to_be_found", () => {
  const visit = new Visit().run("meta", CONFIG).decide({ advertising: true });
  assert.equal(visit.window.fbq, undefined);
});

test("meta_on_a_hostile_page_never_throws_and_still_hears_withdrawal", () => {
  new Visit({}, frozen()).run("meta", CONFIG).decide({ advertising: true });
  new Visit({}, { fbq: () => JSON.parse("{") }).run("meta", CONFIG).decide({ advertising: true });
  const heard: string[] = [];
  const fixed = { value: (...args: string[]) => heard.push(args.join(" ")) };
  const sealed = Object.defineProperty({} as Record<string, any>, "fbq", fixed);
  new Visit({ advertising: true }, sealed).run("meta", CONFIG).decide({ advertising: false });
  assert.deepEqual(heard, ["consent grant", "consent revoke"]);
});
