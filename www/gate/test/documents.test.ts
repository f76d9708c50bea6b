/**
 * Every block of the pages for sites runs: in the world of a gate whose policy is the page's own, as the command line completed it
 * (`crates/cli/tests/documents.rs` writes tests/vectors/documents.json), and with the outcome that the page promises.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, test } from "node:test";
import { calls } from "./part";
import { PAYLOAD, World } from "./world";

interface Policy {
  categories: string[];
  services: [id: string, category: number][];
  places: Record<string, { model: string; parts: [name: string, config: unknown][] }>;
}
const POLICIES: Record<string, Policy[]> = JSON.parse(readFileSync("tests/vectors/documents.json", "utf8"));

const PAGES = [
  ...["automatic.md", "gpp.md", "install.md", "services.md"],
  ...readdirSync("docs/integrations").map((page) => `integrations/${page}`),
];

/** Every block, by page, language and position among those of its language. */
const blocks = new Map<string, string>();
for (const page of PAGES) {
  const seen: Record<string, number> = {};
  for (const [, language, text] of readFileSync(`docs/${page}`, "utf8").matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)) {
    seen[language!] = (seen[language!] ?? -1) + 1;
    blocks.set(`${page} ${language} ${seen[language!]}`, text!);
  }
}

/** Blocks that run somewhere else, or cannot. A new block fails the test until it runs or somebody says here why not. */
const ELSEWHERE: Record<string, string> = {
  "automatic.md html 0": "a tag that blocks the parser: tests/e2e/tests/journeys/automatic.rs visits pages with it",
  "automatic.md html 1": "the same with ?mode=auto: tests/e2e/tests/journeys/automatic.rs",
  "install.md console 0": "checks and publishes the reader's own policy at the reader's own address",
  "install.md js 0": "www/gate/test/docs.test.ts: what is handed over",
  "install.md js 1": "www/gate/test/docs.test.ts: what is taken over",
  "install.md html 5": "for browsers without scripts, where no gate is: tests/e2e/tests/journeys/hostile.rs sends the form that it leads to",
  "services.md console 0": "crates/cli/tests/documents.rs",
  "services.md text 0": "crates/cli/tests/documents.rs",
};

const ran = new Set<string>();
const block = (name: string): string => {
  ran.add(name);
  return blocks.get(name) ?? assert.fail(`no ${name}`);
};

after(() => {
  // Blocks of TOML all go through the check, in crates/cli/tests/documents.rs.
  const left = [...blocks.keys()].filter((name) => !ran.has(name) && !(name in ELSEWHERE) && !name.includes(" toml "));
  assert.deepEqual(left, [], "blocks that nothing runs");
  assert.deepEqual(Object.keys(ELSEWHERE).filter((name) => !blocks.has(name) || ran.has(name)), [], "blocks that are gone, or run here");
});

type Window = Record<string, any>;

/** Runs code with the window's own names, as a browser would. */
const run = (code: string, window: object, more: Record<string, unknown> = {}) => {
  const scope = { window, ...more };
  return new Function("given", `with (given) with (window) { ${code} }`)(scope);
};

/** A page with this page's policy. `standIn` is what runs where the page says *your snippet*. */
class Site {
  readonly world: World;
  readonly window: Window;

  constructor(policy: Policy | undefined, place = "DE", window: Window = {}, standIn: (window: Window, text: string) => void = () => {}, more: Record<string, unknown> = {}) {
    const payload = policy && {
      categories: policy.categories,
      services: policy.services,
      // As the page's own world has it, with the policy's further categories granted by nobody else but the visitor.
      table: PAYLOAD.table.map(([keep, add, ask]) => [keep == 7 ? (1 << policy.categories.length) - 1 : keep, add, ask]) as typeof PAYLOAD.table,
    };
    this.world = new World({ payload, parts: Object.fromEntries(policy?.places[place]?.parts ?? []), window });
    this.window = this.world.window as Window;
    this.world.document.onRun = (text) => (text.includes("/* your") ? standIn(this.window, text) : run(text, this.window, more));
  }

  /** Puts the scripts of some HTML into the page; all of them must be marked. */
  put(html: string): this {
    for (const [, tag, text] of html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)) {
      const attributes = new Map([...tag!.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [name!, value ?? ""]));
      assert.equal(attributes.get("type"), "text/plain", tag);
      const category = attributes.get("data-category")!;
      for (const name of ["type", "data-category"]) attributes.delete(name);
      const el = this.world.document.script(category, text!);
      for (const [name, value] of attributes) el.setAttribute(name, value);
    }
    return this;
  }

  async start(): Promise<this> {
    await this.world.run().settle();
    return this;
  }
  /** The visitor's *Accept* or *Reject*. */
  answer(action: "accept" | "reject"): this {
    this.world.click(action);
    return this;
  }
  get ran(): string[] {
    return this.world.document.ran;
  }
}

const page = (name: string, place?: string, window?: Window, standIn?: (window: Window, text: string) => void, more?: Record<string, unknown>, at = 0) =>
  new Site(POLICIES[name]![at]!, place, window, standIn, more);


test("google_page_tag_runs_after_accept_and_the_console_line_shows_one_default_and_one_update", async () => {
  const site = await page("integrations/google.md").put(block("integrations/google.md html 0")).start();
  const line = () => run(`return ${block("integrations/google.md js 0")}`, site.window) as [string, string, Record<string, string>][];
  const [[, name, states]] = line() as [[string, string, Record<string, string>]];
  assert.deepEqual([line().length, name, site.ran], [1, "default", []]);
  const { security_storage, region, ...others } = states;
  assert.equal(security_storage, "granted");
  assert.equal(region, undefined);
  assert.deepEqual([Object.keys(others).length, new Set(Object.values(others))], [6, new Set(["denied"])]);
  site.answer("accept");
  assert.deepEqual(line().map(([, name]) => name), ["default", "update"]);
  assert.equal(site.ran[0], "https://www.googletagmanager.com/gtag/js?id=AW-1");
  assert.deepEqual(calls(site.window.dataLayer).map((entry) => entry[0]).slice(-2), ["js", "config"]);
});

test("google_page_default_of_advanced_mode_is_the_only_one", async () => {
  const [, snippet] = /<script>([\s\S]*?)<\/script>/.exec(block("integrations/google.md html 1"))!;
  const window: Window = { dataLayer: undefined };
  run(snippet!, window);
  const site = await page("integrations/google.md", "DE", window).start();
  const said = () => calls(site.window.dataLayer).filter(([what]) => what == "consent").map(([, name]) => name);
  assert.deepEqual(said(), ["default"]);
  site.answer("accept");
  assert.deepEqual(said(), ["default", "update"]);
});

test("tag_manager_page_container_starts_after_accept_and_after_the_update", async () => {
  const asked: string[] = [];
  const first = { parentNode: { insertBefore: (el: { src: string }) => asked.push(el.src) } };
  const document = { getElementsByTagName: () => [first], createElement: () => ({}) };
  const site = await page("integrations/google-tag-manager.md", "DE", {}, undefined, { document }).put(block("integrations/google-tag-manager.md html 0")).start();
  assert.deepEqual(asked, []);
  site.answer("accept");
  assert.deepEqual(asked, ["https://www.googletagmanager.com/gtm.js?id=GTM-XXXXXXX"]);
  const told = calls(site.window.dataLayer).map((entry) => entry.event ?? entry[1]);
  assert.deepEqual(told.filter((name) => name != "ads_data_redaction"), ["default", "update", "consentry_update", "gtm.js"]);
});

/** What Microsoft's own snippets do to the page. */
const microsoft = (window: Window, text: string) => {
  if (text.includes("UET")) (window.uetq = window.uetq || []).push("pageLoad");
  else run("clarity('set', 'own', 1)", window);
};

test("microsoft_page_check_shows_what_it_says_before_and_after_accept", async () => {
  const site = await page("integrations/microsoft.md", "DE", {}, microsoft).put(block("integrations/microsoft.md html 0")).start();
  assert.deepEqual(site.window.uetq, ["consent", "default", { ad_storage: "denied" }]);
  const clarity = () => calls(site.window.clarity.q);
  assert.deepEqual(clarity(), [["consentv2", { ad_Storage: "denied", analytics_Storage: "denied" }]]);
  site.answer("accept");
  assert.deepEqual(site.window.uetq.slice(3), ["consent", "update", { ad_storage: "granted" }, "pageLoad"]);
  assert.deepEqual(clarity().slice(1), [["consentv2", { ad_Storage: "granted", analytics_Storage: "granted" }], ["set", "own", 1]]);
  site.world.api.set({ advertising: false });
  assert.deepEqual(site.window.uetq.slice(-3), ["consent", "update", { ad_storage: "denied" }]);
});

/** What Meta's own snippet does: gives up where there is an `fbq`, else makes one that queues. */
const pixel = (window: Window) => {
  if (window.fbq) return;
  const stub: any = (window.fbq = (...args: unknown[]) => (stub.callMethod ? stub.callMethod(...args) : stub.queue.push(args)));
  stub.queue = [];
  window.fbq("init", "1");
  window.fbq("track", "PageView");
};
const queue = (site: Site) => calls(site.window.fbq.queue).map((entry) => entry.slice(0, 2).join(" "));

test("meta_page_pixel_waits_for_accept_and_hears_it_before_init_and_a_withdrawal_after", async () => {
  const site = await page("integrations/meta.md", "DE", {}, pixel).put(block("integrations/meta.md html 0")).start();
  assert.equal(site.window.fbq, undefined);
  site.answer("accept");
  assert.deepEqual(queue(site), ["consent grant", "init 1", "track PageView"]);
  site.world.api.set({ advertising: false });
  assert.deepEqual(queue(site), ["consent revoke", "init 1", "track PageView"], "it reaches the pixel before the page view it has queued");
});

test("meta_page_limited_data_use_is_heard_where_things_run_until_refused_and_nowhere_else", async () => {
  for (const [place, first] of [["US-CA", "dataProcessingOptions LDU"], ["DE", "consent grant"]]) {
    const site = page("integrations/meta.md", place, {}, pixel, {}, 1).put(block("integrations/meta.md html 0"));
    (await site.start()).answer("accept");
    assert.equal(queue(site)[0], first, place);
    assert.ok(queue(site).indexOf("init 1") > 0);
  }
});

test("tiktok_page_pixel_waits_for_accept_and_hears_it_before_its_page_is_counted", async () => {
  const snippet = (window: Window) => {
    const ttq = (window.ttq = window.ttq || []);
    for (const name of ["page", "holdConsent", "grantConsent", "revokeConsent"]) ttq[name] = (...args: unknown[]) => ttq.push([name, ...args]);
    ttq.page();
  };
  const site = await page("integrations/tiktok.md", "DE", {}, snippet).put(block("integrations/tiktok.md html 0")).start();
  assert.equal(site.window.ttq?.page, undefined);
  const said = () => site.window.ttq.map(([name]: [string]) => name);
  site.answer("accept");
  assert.deepEqual(said(), ["grantConsent", "page"]);
  site.world.api.set({ advertising: false });
  assert.deepEqual(said(), ["revokeConsent", "page"]);
});

test("linkedin_page_tag_waits_for_accept_and_calls_go_nowhere_without_permission", async () => {
  let started = 0;
  const site = await page("integrations/linkedin.md", "DE", {}, () => started++).put(block("integrations/linkedin.md html 0")).start();
  const call = () => run('lintrk("track", { conversion_id: 1 })', site.window);
  call();
  assert.equal(started, 0);
  site.answer("accept");
  assert.deepEqual([started, site.window.lintrk.q], [1, []], "nothing was kept for later");
  call();
  assert.equal(site.window.lintrk.q.length, 1, "it waits for the tag");
  site.world.api.set({ advertising: false });
  call();
  assert.deepEqual(site.window.lintrk.q, []);
});

test("segment_page_event_carries_what_the_page_shows", async () => {
  let started = 0;
  const site = await page("integrations/segment.md", "DE", {}, () => started++).put(block("integrations/segment.md html 0")).start();
  assert.equal(started, 0);
  site.world.api.set({ functional: true });
  assert.equal(started, 1);
  const [, middleware] = site.window.analytics.find(([name]: [string]) => name == "addSourceMiddleware");
  let sent: unknown;
  const event = () => middleware({ payload: { obj: {} }, next: ({ obj }: any) => (sent = obj) });
  event();
  assert.deepEqual(sent, JSON.parse(block("integrations/segment.md json 0")));
  sent = "nothing";
  site.world.api.set({ functional: false });
  event();
  assert.ok(sent == null || sent == "nothing", "no event leaves after a withdrawal");
});

test("generic_page_calls_pushes_and_sets_what_its_comments_say", async () => {
  const heard: unknown[][] = [];
  const site = await page("integrations/generic.md", "DE", { vendor: { setConsent: (...args: unknown[]) => heard.push(args) } }).start();
  const nothing = { required: true, functional: false, advertising: false };
  const everything = { required: true, functional: true, advertising: true };
  assert.deepEqual([heard, site.window.siteConsent], [[], nothing], "the vendor's service was not granted");
  site.answer("accept");
  assert.deepEqual([heard, site.window.siteConsent], [[["update", everything]], everything]);
  assert.deepEqual(site.window.dataLayer, [{ event: "consent_changed", consent: nothing }, { event: "consent_changed", consent: everything }]);
  site.world.api.set({ advertising: false, functional: false });
  assert.deepEqual(heard[1], ["update", nothing], "its withdrawal included");
});

test("gpp_page_calls_are_answered_at_once_and_listeners_hear_of_a_decision", async () => {
  const logged: unknown[][] = [];
  const sent: unknown[][] = [];
  const site = page("gpp.md", "US-CA", { frames: {} });
  const { world } = site;
  const make = world.document.createElement;
  Object.assign(world.document, {
    getElementById: () => world.root,
    createElement: (name: string) => Object.assign(make(name), { style: {} }),
  });
  await site.start();
  run(block("gpp.md js 0"), site.window, { console: { log: (...args: unknown[]) => logged.push(args) }, send: (...args: unknown[]) => sent.push(args) });
  assert.deepEqual(logged, [["ready", "DBABLA~CVQVAAAAAACA.QA"], [true], [1, false], [1]]);
  site.answer("accept");
  await world.settle();
  assert.deepEqual(sent, [["DBABLA~CVQqAAAAAACA.QA", [7]]]);
});

/** The attributes of the first tag in some HTML. */
const attributes = (html: string) => Object.fromEntries([.../<\w+([^>]*)>/.exec(html)![1]!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]));

test("install_page_tag_says_where_records_go", async () => {
  const { src } = attributes(block("install.md html 0"));
  const site = new Site(undefined);
  site.world.document.currentScript = { src };
  (await site.start()).answer("reject");
  await site.world.settle();
  assert.equal(site.world.sent[0]!.url, "https://www.example.com/_c/v1/sites/shop/records");
});

test("install_page_nonce_of_the_tag_is_the_headers_and_goes_to_what_is_released", async () => {
  const { src, nonce } = attributes(block("install.md html 1"));
  assert.ok(block("install.md http 0").includes(`'nonce-${nonce}'`));
  const site = new Site(undefined);
  site.world.document.currentScript = { src: new URL(src!, "https://www.example.com/").href, nonce };
  site.world.document.script("functional", "one");
  (await site.start()).answer("accept");
  assert.deepEqual([site.ran, site.world.document.head.children[0]!.nonce], [["one"], nonce]);
});

test("install_page_link_opens_the_preferences_and_is_not_followed", async () => {
  const html = block("install.md html 2");
  const site = await new Site(undefined).start();
  const before = site.world.loaded.length;
  assert.equal(before, 1, "the banner comes soon after the page");
  assert.equal(attributes(html)["data-consentry"], "open");
  const event = site.world.click("open", false);
  await site.world.settle();
  assert.equal(event.defaultPrevented, true);
});

test("install_page_post_waits_for_its_service", async () => {
  const services: [string, number][] = [...PAYLOAD.services, ["posts", 1]];
  const site = new Site({ categories: PAYLOAD.categories, services, places: {} }).put(block("install.md html 3"));
  await site.start();
  assert.deepEqual(site.ran, []);
  site.world.api.set({ functional: true });
  assert.deepEqual(site.ran, ["https://social.example/widgets.js"]);
});

test("install_page_script_puts_the_declaration_where_its_link_was", async () => {
  const [, id] = /id="(\w+)"/.exec(block("install.md html 4"))!;
  const [, code] = /<script type="module">([\s\S]*?)<\/script>/.exec(block("install.md html 4"))!;
  const place = { innerHTML: "" };
  const asked: string[] = [];
  const fetch = async (url: string) => (asked.push(url), { ok: true, text: async () => "<div class=consentry-declaration></div>" });
  const document = { querySelector: (selector: string) => (selector == `#${id}` ? place : null) };
  await new Function("fetch", "document", `return (async () => { ${code} })()`)(fetch, document);
  assert.deepEqual(asked, ["/_c/shop/declaration?language=en&part=body"]);
  assert.equal(place.innerHTML, "<div class=consentry-declaration></div>");
});
