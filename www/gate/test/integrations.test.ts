/** The pages in docs/integrations: there is one for each, and what they tell people to paste is marked. documents.test.ts runs it. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const FOLDER = "docs/integrations";

/** Blocks of one language on a page. */
const blocks = (page: string, language: string) =>
  [...readFileSync(`${FOLDER}/${page}.md`, "utf8").matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, text]) => text!);

/** Scripts of the HTML on a page: their attributes and what is in them. */
const scripts = (page: string) =>
  blocks(page, "html").flatMap((html) => [...html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)].map(([, tag, text]) => ({ tag: tag!, text: text! })));

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
