/** Choices: what a click, the site, a signal or the banner leaves in the cookie and sends to the log. */
import "./globals";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bridge } from "../src/bridge";
import { ACTION, FLAGS, GRANTS, PREVIOUS, RECORD, SERVICES, SOURCE, SUBJECT } from "../src/fields";
import { parseChoice } from "../src/cookie";
import { NOW, VALUE, World } from "./world";

const banner = async (world: World, bridge: () => Bridge | undefined) => {
  world.api.open();
  await world.settle();
  return bridge()!;
};

const withBanner = async (setting = {}) => {
  let bridge: Bridge | undefined;
  const world = new World({ ...setting, banner: (given) => (bridge = given).onopen(() => {}) }).run();
  return { world, bridge: await banner(world, () => bridge) };
};

test("click_on_what_says_nothing_of_ours_is_left_to_the_site", () => {
  for (const word of ["preferences", "Accept", ""]) {
    const world = new World({ cookie: VALUE("03") }).run();
    const before = world.api.get();
    const click = world.click(word, false);
    assert.equal(click.defaultPrevented, false, word);
    assert.deepEqual(world.api.get(), before, word);
    assert.equal(world.written.length, 0, word);
  }
});

test("click_does_not_wait_for_the_cookie_that_it_writes", async () => {
  const world = new World().run();
  world.click("accept");
  assert.equal(world.written.length, 1);
  assert.equal(world.reads, 0, "to read it at once is to wait for another process");
  await world.settle();
  assert.ok(world.reads > 0, "whether it is there is found out afterwards");
});

test("accept_on_the_first_layer_is_stored_applied_and_sent_once", async () => {
  const world = new World();
  world.document.script("advertising", "ads");
  world.run();
  assert.deepEqual(world.shown(), ["layer", "link"]);
  assert.deepEqual(world.written, [], "nothing is stored before a choice");
  assert.equal(world.click("accept").defaultPrevented, true);
  assert.deepEqual(world.document.ran, ["ads"]);
  assert.deepEqual(world.shown(), ["link"]);
  const { cookie } = world;
  assert.deepEqual([cookie[GRANTS], cookie[FLAGS], cookie[ACTION], cookie[SOURCE], cookie[SERVICES]], ["07", "11", "a", "b", ""]);
  assert.ok(parseChoice(cookie.join(".")), "what the gate writes, the codec reads");
  assert.equal(parseInt(cookie[RECORD]!.slice(0, 12), 16), NOW);
  assert.match(world.written[0]!, /^__Host-consentry=1\.[^;]+;path=\/;max-age=31536000;samesite=lax;secure$/);
  assert.equal(world.channel.posts, 1);
  assert.equal(world.sent.length, 1);
  const [sent] = world.sent;
  assert.equal(sent!.url, "https://edge.example/_c/v1/sites/shop/records");
  assert.deepEqual(sent!.body, { choice: cookie.join("."), gpc: "absent", dnt: "unset", policy: 3, language: "en" });
  world.window.dispatchEvent(new Event("pagehide"));
  assert.equal(world.sent.length, 1, "it is on its way");
  await sent!.answer(true);
  assert.equal(world.cookie[FLAGS], "01", "recorded");
});

test("record_that_fails_is_sent_again_at_the_end_of_the_page_and_by_the_next", async () => {
  const world = new World().run();
  world.click("reject");
  await world.sent[0]!.fail();
  world.window.dispatchEvent(new Event("pagehide"));
  assert.equal(world.sent.length, 2);
  const next = new World({ cookie: world.cookie.join(".") }).run();
  assert.deepEqual(next.sent[0]!.body, world.sent[0]!.body);
  assert.deepEqual(next.loaded, [], "without the banner");
});

test("refused_record_stays_marked", async () => {
  const world = new World().run();
  world.click("reject");
  await world.sent[0]!.answer(false);
  assert.equal(world.cookie[FLAGS], "11");
});

test("choice_of_another_policy_is_not_sent_under_this_one", () => {
  const world = new World({ cookie: VALUE("07", "11", "a").replace(/ba7b023fc43bd59b/, "0000000000000000") }).run();
  assert.deepEqual(world.sent, []);
});

test("reject_after_an_agreement_is_a_withdrawal_of_the_same_visitor", () => {
  const world = new World({ cookie: VALUE("07", "01", "a") }).run();
  world.click("reject", false);
  const { cookie } = world;
  const before = VALUE("07").split(".");
  assert.deepEqual([cookie[GRANTS], cookie[ACTION], cookie[SOURCE]], ["01", "w", "i"]);
  assert.deepEqual([cookie[SUBJECT], cookie[PREVIOUS]], [before[SUBJECT], before[RECORD]]);
});

test("choice_superseded_before_it_was_recorded_is_recorded_too", async () => {
  const { world, bridge } = await withBanner();
  bridge.decide("r", "b", 1, []);
  const first = world.cookie[RECORD];
  assert.equal(world.sent.length, 0, "the banner records");
  bridge.decide("a", "p", 7, []);
  assert.equal(world.sent[0]!.body.choice.split(".")[RECORD], first);
  assert.equal(world.cookie[PREVIOUS], first);
});

test("banner_decides_services_and_gate_keeps_the_record_sound", async () => {
  const { world, bridge } = await withBanner();
  let changes = 0;
  bridge.onchange(() => changes++);
  assert.equal(bridge.decide("s", "p", 0b111, new Uint32Array([0, 2, 3])), world.cookie.join("."));
  assert.deepEqual([world.cookie[GRANTS], world.cookie[SERVICES], world.cookie[ACTION]], ["07", "0c", "s"], "required services cannot be refused");
  bridge.decide("a", "p", 0xff, [3]);
  assert.deepEqual([world.cookie[GRANTS], world.cookie[SERVICES], world.cookie[ACTION]], ["07", "08", "s"], "not all, so not accept_all");
  bridge.decide("s", "p", 0b010, [3]);
  assert.deepEqual([world.cookie[GRANTS], world.cookie[SERVICES]], ["03", ""], "a service of a refused category needs no refusal");
  bridge.recorded(world.cookie[RECORD]!);
  assert.equal(world.cookie[FLAGS], "01");
  assert.equal(changes, 3);
});

test("signal_is_noted_once_without_a_prompt", () => {
  const navigator = { globalPrivacyControl: true };
  const world = new World({ navigator }).run();
  assert.deepEqual(world.shown(), ["status", "link"]);
  assert.deepEqual([world.cookie[GRANTS], world.cookie[FLAGS], world.cookie[ACTION], world.cookie[SOURCE]], ["01", "14", "g", "g"]);
  assert.equal(world.sent.length, 1);
  const next = new World({ navigator, cookie: VALUE("01", "04", "g") }).run();
  assert.deepEqual([next.written, next.sent], [[], []]);
});

test("signal_in_the_headers_alone_counts", () => {
  const world = new World({ payload: { header: 2 } }).run();
  assert.deepEqual([world.cookie[FLAGS], world.cookie[SOURCE]], ["18", "d"]);
});

test("signal_after_an_agreement_denies_and_stays_explicit", () => {
  const world = new World({ navigator: { doNotTrack: "1" }, cookie: VALUE("07", "01", "a") }).run();
  assert.deepEqual([world.cookie[GRANTS], world.cookie[FLAGS], world.cookie[ACTION]], ["01", "19", "g"]);
  assert.equal(world.api.get("functional"), false);
});

test("signal_never_widens_an_opt_out_made_by_hand", () => {
  // Opt-out, and signals concern advertising only: functional was refused by hand and stays refused.
  const payload = { model: "opt_out" as const, denied: 4, table: [[0, 7, 1], [0, 3, 0], [7, 1, 0], [3, 1, 0], [7, 1, 1], [3, 1, 0], [0, 1, 0], [0, 1, 0]] as any };
  const cookie = VALUE("05", "01", "s");
  const world = new World({ payload, cookie, navigator: { globalPrivacyControl: true } }).run();
  assert.deepEqual(world.api.get(), { required: true, functional: false, advertising: false });
  assert.deepEqual(new World({ payload, cookie: world.cookie.join(".") }).run().api.get(), world.api.get(), "nor on the next page");
});

test("override_is_the_told_visitors_alone", async () => {
  const { world, bridge } = await withBanner({ navigator: { globalPrivacyControl: true } });
  world.api.set({ functional: true });
  assert.equal(world.api.get("functional"), false, "the site cannot");
  bridge.decide("s", "p", 0b011, []);
  assert.deepEqual([world.cookie[GRANTS], world.cookie[FLAGS]], ["03", "17"]);
  assert.equal(world.api.get("functional"), true);
  assert.deepEqual(world.shown(), ["link"]);
  world.api.set({ functional: true });
  assert.equal(world.cookie[FLAGS], "17", "repeating it changes nothing");
});

test("blocked_cookies_keep_the_choice_for_this_page", async () => {
  const world = new World({ cookiesBlocked: true }).run();
  world.click("accept");
  assert.equal(world.api.get("advertising"), true);
  assert.equal(world.sent.length, 1);
  await world.sent[0]!.answer(true);
  world.window.dispatchEvent(new Event("pagehide"));
  assert.equal(world.sent.length, 1);
  const signalled = new World({ cookiesBlocked: true, navigator: { globalPrivacyControl: true } }).run();
  assert.equal(signalled.sent.length, 0, "every page would be a new visitor");
  assert.deepEqual(signalled.shown(), ["status", "link"]);
});

test("sandboxed_page_keeps_the_choice_for_itself_and_can_forget_it", () => {
  const world = new World({ sandboxed: true }).run();
  assert.deepEqual(world.shown(), ["layer", "link"]);
  world.click("accept");
  assert.equal(world.api.get("advertising"), true);
  assert.deepEqual(world.shown(), ["link"]);
  world.api.reset();
  assert.equal(world.api.get("advertising"), false);
  assert.deepEqual(world.shown(), ["layer", "link"]);
});

test("cookie_name_and_domain_follow_protocol_and_policy", () => {
  const local = new World({ protocol: "http:" }).run();
  local.click("reject");
  assert.match(local.written[0]!, /^consentry=[^;]+;path=\/;max-age=31536000;samesite=lax$/);
  const shared = new World({
    payload: { domain: "example.com", cookie: ["__Secure-", ";path=/;max-age=34560000;samesite=lax;domain=example.com"] },
  }).run();
  shared.click("reject");
  assert.match(shared.written[0]!, /^__Secure-consentry=.*;max-age=34560000;samesite=lax;domain=example\.com;secure$/);
});

test("record_ids_are_uuids_of_version_7", () => {
  for (let time = 0; time < 64; time++) {
    const world = new World({ now: NOW + time }).run();
    world.click("reject");
    assert.match(world.cookie[RECORD]!, /^01a1f8d3ea[\da-f]{2}7[\da-f]{3}[89ab][\da-f]{15}$/);
  }
});
