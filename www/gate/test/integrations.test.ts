/** The pages in docs/integrations: what they tell people to paste does what they say. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { calls, Visit } from "./part";

const FOLDER = "docs/integrations";

/** Blocks of one language on a page. */
const blocks = (page: string, language: string) =>
  [...readFileSync(`${FOLDER}/${page}.md`, "utf8").matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, text]) => text!);

/** Scripts of the HTML on a page: their attributes and what is in them. */
const scripts = (page: string) =>
  blocks(page, "html").flatMap((html) => [...html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)].map(([, tag, text]) => ({ tag: tag!, text: text! })));

const run = (text: string, window: Record<string, any>, document = {}) =>
  new Function("window", "document", `with (window) { ${text} }`)(window, document);

const TYPES = ["ad_storage", "ad_user_data", "ad_personalization", "analytics_storage", "functionality_storage", "personalization_storage"];
const types = { ...Object.fromEntries(TYPES.map((type) => [type, ["advertising"]])), security_storage: ["required"] };
const GOOGLE = { types, layer: "dataLayer", open: false, set: {} };

test("every_integration_has_its_page_and_the_index_names_each", () => {
  const index = readFileSync(`${FOLDER}/README.md`, "utf8");
  const pages = readdirSync(FOLDER).filter((page) => page != "README.md");
  for (const part of readdirSync("www/gate/src/parts")) {
    const config = part.slice(0, -3);
    if (index.includes(`integrations.${config}`)) assert.ok(pages.includes(`${config}.md`), config);
  }
  for (const page of pages) assert.ok(index.includes(`(${page})`), page);
});

test("every_script_of_a_vendor_in_the_pages_is_marked", () => {
  for (const page of readdirSync(FOLDER)) {
    for (const { tag, text } of scripts(page.slice(0, -3))) {
      if (text.includes('"default"')) continue;
      assert.match(tag, /type="text\/plain" data-category="(functional|advertising)" data-service="[a-z_]+"/, `${page}: ${tag}`);
      assert.doesNotMatch(tag, / src=/, page);
    }
  }
});

test("google_page_console_line_shows_one_default_and_one_update", () => {
  const [line] = blocks("google", "js");
  const visit = new Visit().run("google", GOOGLE);
  const show = () => run(`return ${line}`, visit.window).map(([, name]: string[]) => name);
  assert.deepEqual(show(), ["default"]);
  visit.decide({ advertising: true });
  const inline = scripts("google").find(({ text }) => text.includes('gtag("config"'))!;
  run(inline.text, visit.window);
  assert.deepEqual(show(), ["default", "update"]);
  assert.deepEqual(calls(visit.window.dataLayer).map(([name]) => name), ["consent", "consent", "js", "config"]);
});

test("google_page_snippet_of_advanced_mode_is_the_only_default", () => {
  const snippet = scripts("google").find(({ text }) => text.includes('"default"'))!;
  const window: Record<string, any> = { dataLayer: undefined };
  run(snippet.text, window);
  const visit = new Visit({}, window).run("google", GOOGLE);
  assert.equal(window.dataLayer.length, 1);
  assert.deepEqual(Object.keys(window.dataLayer[0][2]).sort(), [...Object.keys(types), "wait_for_update"].sort());
  visit.decide({ advertising: true });
  assert.deepEqual(calls(window.dataLayer).map(([, name]) => name), ["default", "update"]);
});

test("tag_manager_page_snippet_starts_after_the_answer_and_asks_for_its_container", () => {
  const window: Record<string, any> = {};
  const visit = new Visit({ advertising: true }, window).run("google", GOOGLE);
  const asked: string[] = [];
  const first = { parentNode: { insertBefore: (el: { src: string }) => asked.push(el.src) } };
  run(scripts("google-tag-manager")[0]!.text, window, { getElementsByTagName: () => [first], createElement: () => ({}) });
  assert.deepEqual(asked, ["https://www.googletagmanager.com/gtm.js?id=GTM-XXXXXXX"]);
  assert.deepEqual(calls(visit.window.dataLayer).map((entry) => entry[1] ?? entry.event), ["default", "update", "gtm.js"]);
});

test("linkedin_page_call_never_fails", () => {
  const call = /`(lintrk\([^`]*)`/.exec(readFileSync(`${FOLDER}/linkedin.md`, "utf8"))![1]!;
  const visit = new Visit().run("linkedin", { needs: ["advertising", "ads"] });
  run(call, visit.window);
  visit.decide({ advertising: true });
  run(call, visit.window);
  assert.deepEqual(visit.window.lintrk.q, [["track", { conversion_id: 1 }]]);
});

test("segment_page_shows_what_an_event_carries", () => {
  const shown = JSON.parse(blocks("segment", "json")[0]!);
  const visit = new Visit({ functional: true }).run("segment", { needs: ["functional"] });
  let sent: any;
  visit.window.analytics[0][1]({ payload: { obj: {} }, next: ({ obj }: any) => (sent = obj) });
  assert.deepEqual(sent, shown);
});
