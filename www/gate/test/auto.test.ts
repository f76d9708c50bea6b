/** Automatic mode: whose an address is, and what becomes of those that may not be loaded. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { matcher } from "../src/auto/match";
import { AutoPage } from "./auto-page";

const read = (name: string) => JSON.parse(readFileSync(`tests/vectors/${name}.json`, "utf8"));
const all = { functional: true, advertising: true };

test("auto_vectors_have_the_owners_in_the_page_that_the_core_gives_them", () => {
  const { cases, page } = read("auto");
  const ownerOf = matcher(read("auto_table"));
  assert.ok(cases.length > 50);
  for (const { url, owner, why } of cases) assert.deepEqual(ownerOf(url, page) ?? null, owner, `${url}: ${why}`);
});

test("auto_script_made_by_a_script_waits_and_then_loads_as_the_same_element", async () => {
  const page = new AutoPage();
  const script = page.make("HTMLScriptElement");
  script.src = "https://ads.example/tag.js";
  assert.deepEqual([page.asked, script.src, script.dataset], [[], "https://ads.example/tag.js", {}]);
  await page.decide({ functional: true });
  assert.deepEqual(page.asked, []);
  await page.decide(all);
  assert.deepEqual(page.asked, ["https://ads.example/tag.js"]);
  await page.decide(all);
  assert.equal(page.asked.length, 1);
});

test("auto_on_a_page_made_ahead_of_time_lets_nothing_go_until_it_is_shown", async () => {
  const page = new AutoPage(all);
  Object.assign(page.visit.document, { prerendering: true });
  const script = page.make("HTMLScriptElement");
  script.src = "https://ads.example/tag.js";
  await page.decide(all);
  assert.deepEqual(page.asked, []);
  Object.assign(page.visit.document, { prerendering: false });
  await page.decide(all);
  assert.deepEqual(page.asked, ["https://ads.example/tag.js"]);
});

test("auto_frame_made_by_a_script_is_marked_for_the_gate", () => {
  const page = new AutoPage();
  const frame = page.make("HTMLIFrameElement");
  frame.setAttribute("SRC", "//films.example/1");
  assert.deepEqual(frame.dataset, { src: "//films.example/1", category: "functional", service: "video" });
  const known = page.make("HTMLIFrameElement");
  known.src = "https://a.tracker.com/";
  assert.deepEqual(known.dataset, { src: "https://a.tracker.com/", category: "advertising" });
  assert.deepEqual(page.asked, []);
});

test("auto_picture_outside_of_the_page_loads_once_it_may", async () => {
  const page = new AutoPage();
  const pixel = page.make("HTMLImageElement");
  pixel.src = "https://ads.example/1.gif";
  const set = page.make("HTMLImageElement");
  set.srcset = "/own.gif 1x, https://ads.example/2.gif 2x";
  await page.decide(all, ["ads"]);
  assert.deepEqual(page.asked, []);
  await page.decide(all);
  assert.deepEqual(page.asked, ["https://ads.example/1.gif", "/own.gif 1x, https://ads.example/2.gif 2x"]);
});

test("auto_element_that_the_gate_has_let_run_is_not_set_again", async () => {
  const page = new AutoPage();
  const frame = page.make("HTMLIFrameElement");
  frame.src = "https://films.example/1";
  page.visit.decide(all);
  const url = frame.dataset.src;
  delete frame.dataset.src;
  frame.setAttribute("src", page.trust.createScriptURL(url));
  await null;
  assert.deepEqual(page.asked, ["https://films.example/1"]);
});

test("auto_element_shown_once_passes_though_nothing_is_granted_and_the_next_does_not", () => {
  const page = new AutoPage();
  const frame = page.make("HTMLIFrameElement");
  frame.src = "https://films.example/1";
  delete frame.dataset.src;
  frame.setAttribute("src", page.trust.createScriptURL("https://films.example/1"));
  page.observed([{ addedNodes: [frame] }]);
  assert.deepEqual(page.asked, ["https://films.example/1"]);
  assert.equal(frame.getAttribute("src"), "https://films.example/1");
  page.make("HTMLIFrameElement").src = "https://films.example/1";
  assert.equal(page.asked.length, 1);
});

test("auto_granted_and_unknown_addresses_pass_at_once_and_withdrawn_ones_do_not", async () => {
  const page = new AutoPage({ functional: true });
  const urls = ["https://films.example/1", "/own.js", "https://unknown.example/x.js"];
  for (const url of urls) page.make("HTMLScriptElement").src = url;
  assert.deepEqual(page.asked, urls);
  await page.decide({ functional: false });
  page.make("HTMLScriptElement").src = urls[0];
  assert.equal(page.asked.length, 3);
});

test("auto_address_that_is_replaced_does_not_come_back", async () => {
  const page = new AutoPage();
  const image = page.make("HTMLImageElement");
  image.src = "https://ads.example/1.gif";
  image.src = "/own.gif";
  assert.equal(image.dataset.src, undefined);
  await page.decide(all);
  assert.deepEqual(page.asked, ["/own.gif"]);
});

test("auto_address_stays_the_trusted_object_it_was", async () => {
  const page = new AutoPage();
  const trusted = { toString: () => "https://ads.example/tag.js" };
  const script = page.make("HTMLScriptElement");
  script.src = trusted;
  await page.decide(all);
  assert.equal(script.getAttribute("src"), trusted);
});

test("auto_authors_marks_go_before_what_the_table_says", () => {
  const page = new AutoPage({ functional: true });
  const frame = page.make("HTMLIFrameElement");
  frame.dataset.category = "functional";
  frame.src = "https://ads.example/frame";
  assert.deepEqual(page.asked, ["https://ads.example/frame"]);
  const other = page.make("HTMLIFrameElement");
  other.dataset.category = "advertising";
  other.src = "https://films.example/1";
  assert.deepEqual(other.dataset, { category: "advertising", src: "https://films.example/1" });
});

test("auto_link_that_only_names_an_address_is_left_alone", () => {
  const page = new AutoPage();
  for (const rel of ["canonical", "alternate", "stylesheet", "preconnect"]) {
    const link = page.make("HTMLLinkElement");
    link.rel = rel;
    link.href = `https://ads.example/${rel}`;
  }
  assert.deepEqual(page.asked, ["https://ads.example/canonical", "https://ads.example/alternate"]);
});

test("auto_requests_to_held_hosts_fail_and_others_go_through", async () => {
  const page = new AutoPage({ functional: true });
  const navigator = page.make("Navigator");
  assert.equal(navigator.sendBeacon("https://ads.example/b"), false);
  await assert.rejects(page.window.fetch("https://ads.example/f"), TypeError);
  await assert.rejects(page.window.fetch({ url: "https://ads.example/f" }), TypeError);
  assert.equal(navigator.sendBeacon("https://films.example/b"), true);
  await page.window.fetch("/own");
  assert.deepEqual(page.asked, ["https://films.example/b", "/own"]);
});

test("auto_tags_written_as_text_are_marked_before_the_parser_sees_them", () => {
  const page = new AutoPage({ functional: true });
  const { document } = page.visit as any;
  document.write(`<p>Hi</p><script src="https://ads.example/a.js?x=1&amp;y=2" type='module' async>`, `</script>`);
  document.write(`<img alt="a > b" src=//films.example/i.gif><a href="https://ads.example/">ads</a>`);
  assert.deepEqual(page.asked, [
    `<p>Hi</p><script data-category="advertising" data-service="ads" type="text/plain" data-src="https://ads.example/a.js?x=1&amp;y=2" data-type='module' async></script>`,
    `<img alt="a > b" src=//films.example/i.gif><a href="https://ads.example/">ads</a>`,
  ]);
  const box = page.make("HTMLLinkElement");
  box.innerHTML = `<iframe src="https://a.tracker.com/"></iframe>`;
  box.insertAdjacentHTML("beforeend", `<LINK REL=stylesheet HREF=https://ads.example/s.css><link rel=canonical href=https://ads.example/>`);
  assert.equal(
    box.text,
    `<iframe data-category="advertising" data-src="https://a.tracker.com/"></iframe><LINK data-category="advertising" data-service="ads" REL=stylesheet data-HREF=https://ads.example/s.css><link rel=canonical href=https://ads.example/>`,
  );
});

test("auto_element_of_the_parser_is_marked_and_emptied_before_it_runs", () => {
  const page = new AutoPage();
  const parsed = (type: string, name: string, url: string) => {
    const el = page.make(type);
    el.attributes.set(name, url);
    page.observed([{ addedNodes: [el] }]);
    return el;
  };
  const script = parsed("HTMLScriptElement", "src", "https://ads.example/a.js");
  assert.deepEqual([script.type, script.dataset], ["text/plain", { category: "advertising", service: "ads" }]);
  const image = parsed("HTMLImageElement", "src", "https://ads.example/1.gif");
  assert.deepEqual([image.attributes.size, image.dataset.src], [0, "https://ads.example/1.gif"]);
  assert.equal(parsed("HTMLScriptElement", "src", "/own.js").type, "");
});

test("auto_element_of_the_parser_that_may_load_is_marked_for_a_later_withdrawal", () => {
  const page = new AutoPage({ functional: true });
  const frame = page.make("HTMLIFrameElement");
  frame.attributes.set("src", "https://films.example/1");
  page.observed([{ addedNodes: [frame] }]);
  assert.deepEqual([frame.dataset, frame.attributes.size], [{ category: "functional", service: "video" }, 1]);
});

test("auto_on_frozen_prototypes_holds_what_it_can_and_warns_once", () => {
  const page = new AutoPage({}, true);
  page.make("HTMLScriptElement").src = "https://ads.example/tag.js";
  assert.deepEqual(page.asked, ["https://ads.example/tag.js"]);
  assert.equal(page.make("Navigator").sendBeacon("https://ads.example/b"), false);
  assert.equal(page.warned.length, 1);
  assert.match(page.warned[0]!, /frozen src/);
});

test("auto_on_a_tag_that_the_page_does_not_wait_for_warns_once", () => {
  for (const tag of [{ async: true }, { defer: true }]) assert.match(new AutoPage({}, false, tag).warned.join(), /neither async nor defer/);
  assert.deepEqual(new AutoPage().warned, []);
});
