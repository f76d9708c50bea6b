/** Marked elements: what runs, in which order, and what stays inert. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeDocument } from "./dom";
import { VALUE, World } from "./world";

const granted = { cookie: VALUE("07", "01", "a") };

test("elements_without_a_grant_stay_inert", () => {
  const world = new World();
  world.document.script("advertising", "one");
  world.document.script("advertising", "", "data-src=/a.js");
  world.run();
  assert.deepEqual(world.document.ran, []);
});

test("elements_of_required_or_unknown_categories_run_or_stay", () => {
  const world = new World();
  world.document.script("required", "required");
  world.document.script("unknown", "unknown");
  world.document.script("constructor", "constructor");
  world.run();
  assert.deepEqual(world.document.ran, ["required"]);
});

test("page_made_ahead_of_time_runs_nothing_until_it_is_shown", () => {
  const shown = (chosen: string) => {
    const world = new World(granted);
    const ahead = (prerendering: boolean) => Object.assign(world.document, { prerendering });
    world.document.script("functional", "one");
    ahead(true);
    world.run();
    assert.deepEqual(world.document.ran, []);
    world.jar.set(world.name, chosen);
    ahead(false);
    world.document.dispatchEvent(new Event("prerenderingchange"));
    return world.document.ran;
  };
  assert.deepEqual(shown(granted.cookie), ["one"]);
  assert.deepEqual(shown(VALUE("01", "01", "w")), [], "as it was decided meanwhile");
});

test("service_refused_or_unknown_keeps_its_element_inert", () => {
  const world = new World({ cookie: VALUE("07", "01", "s", "04") });
  for (const id of ["video", "chat", "ads", "nobody"]) world.document.script("functional", id, `data-service=${id}`);
  world.run();
  assert.deepEqual(world.document.ran, ["video", "ads"]);
});

test("scripts_run_in_the_order_the_author_wrote", () => {
  const world = new World(granted);
  const { document } = world;
  document.script("functional", "first");
  document.script("functional", "", "data-src=/deferred.js", "defer");
  document.script("functional", "module", "data-type=module");
  document.script("functional", "", "data-src=/async.js", "async");
  document.script("functional", "", "src=/one.js");
  document.script("advertising", "", "data-src=/two.js");
  document.script("advertising", "after both");
  document.script("functional", "", "data-src=/three.js");
  document.script("functional", "after three");
  world.run();
  assert.deepEqual(document.ran, ["first", "/async.js", "/one.js", "/two.js"]);
  document.answer("/one.js");
  assert.equal(document.ran.length, 4);
  document.answer("/two.js", "error");
  assert.deepEqual(document.ran.slice(4), ["after both", "/three.js"]);
  document.answer("/three.js");
  assert.deepEqual(document.ran.slice(6), ["after three", "/deferred.js", "module"]);
});

test("script_is_made_anew_with_its_attributes_and_nonce", () => {
  const world = new World(granted);
  const { document } = world;
  const attributes = ["data-src=/a.js", "data-type=text/javascript", "id=tag", "integrity=sha384-x", "data-domain=shop", "onload=boot()"];
  const inert = document.script("functional", "", ...attributes);
  document.script("functional", "own nonce").nonce = "page-nonce";
  world.run();
  document.answer("/a.js");
  const [made, inline] = document.head.children;
  assert.notEqual(made, inert);
  assert.deepEqual(Object.fromEntries(made!.attributes.map(({ name, value }) => [name, value])), {
    id: "tag",
    integrity: "sha384-x",
    "data-domain": "shop",
    onload: "boot()",
    type: "text/javascript",
    src: "/a.js",
  });
  assert.equal(made!.async, false);
  assert.equal(made!.nonce, "gate-nonce");
  assert.equal(inline!.nonce, "page-nonce");
});

test("nothing_waits_for_a_script_that_never_reports_back", () => {
  const world = new World(granted);
  world.document.script("functional", "", "data-src=/old.js").setAttribute("nomodule", "");
  world.document.script("functional", "", "data-src=/data.json", "data-type=application/json");
  world.document.script("functional", "next");
  // What `noModule` reflects is the browser's doing.
  const create = world.document.createElement;
  world.document.createElement = (name) => Object.defineProperty(create(name), "noModule", { get: function () { return this.has("nomodule"); } });
  world.run();
  assert.deepEqual(world.document.ran, ["/old.js", "next"]);
});

test("frames_and_images_get_their_address", () => {
  const world = new World(granted);
  const frame = world.document.createElement("iframe").setAttribute("data-category", "functional").setAttribute("data-src", "/film");
  const image = world.document.createElement("img").setAttribute("data-category", "required").setAttribute("data-src", "/i.gif");
  world.document.body!.append(frame, image);
  world.run();
  assert.deepEqual([frame.src, image.src, frame.has("data-src")], ["/film", "/i.gif", false]);
});

test("click_lets_scripts_run_at_once_and_frames_once_its_answer_is_painted", async () => {
  const world = new World();
  const frame = world.document.createElement("iframe").setAttribute("data-category", "functional").setAttribute("data-src", "/film");
  world.document.body!.append(frame);
  world.document.script("functional", "one");
  world.run();
  world.click("accept");
  world.observed();
  assert.deepEqual([world.document.ran, frame.src], [["one"], ""]);
  await world.settle();
  assert.equal(frame.src, "/film");
});

test("elements_that_arrive_later_run_when_they_are_complete", () => {
  const document = new FakeDocument();
  document.readyState = "loading";
  const world = new World({ ...granted, document }).run();
  const inline = document.script("functional", "half");
  document.body!.append(inline);
  world.observed();
  assert.deepEqual(document.ran, [], "the parser may be inside it");
  inline.text = "whole";
  document.body!.append(document.script("functional", "", "data-src=/a.js", "defer"));
  world.observed();
  assert.deepEqual(document.ran, ["whole"], "deferred ones wait for the end of the document");
  document.readyState = "interactive";
  document.dispatchEvent(new Event("DOMContentLoaded"));
  assert.deepEqual(document.ran, ["whole", "/a.js"]);
});

test("script_that_takes_the_choice_back_stops_what_follows", () => {
  const world = new World(granted);
  for (const text of ["one", "two"]) world.document.script("functional", text);
  world.document.onRun = () => world.api.set({ functional: false });
  world.run();
  assert.deepEqual(world.document.ran, ["one"]);
});

test("trusted_types_are_spoken_through_one_policy", () => {
  const made: string[] = [];
  const trustedTypes = {
    createPolicy: (name: string, rules: any) => {
      made.push(name);
      const tag = (kind: string) => (text: string) => `${kind}:${rules[kind](text)}`;
      return { createHTML: rules.createHTML, createScript: tag("createScript"), createScriptURL: tag("createScriptURL") };
    },
  };
  const world = new World({ ...granted, window: { trustedTypes } });
  world.document.script("functional", "one");
  world.document.script("functional", "", "data-src=/a.js");
  world.run();
  assert.deepEqual(world.document.ran, ["createScript:one", "createScriptURL:/a.js"]);
  assert.deepEqual(made, ["consentry"]);
});

test("policy_refused_by_the_site_leaves_the_page_alone", () => {
  const document = new FakeDocument();
  const create = document.createElement;
  // Enforced: strings are refused by the sinks.
  document.createElement = (name) =>
    Object.defineProperty(create(name), "innerHTML", {
      set() {
        throw new TypeError("TrustedHTML");
      },
    });
  const trustedTypes = {
    createPolicy: () => {
      throw new TypeError("policy refused");
    },
  };
  const world = new World({ document, window: { trustedTypes } });
  document.script("advertising", "ads");
  world.run();
  assert.deepEqual(document.body!.children, []);
  assert.deepEqual(document.ran, []);
  assert.equal(world.api.get("advertising"), false);
});
