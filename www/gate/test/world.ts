/** A page for one gate: its globals are fakes, and each run evaluates the very script that ships, afresh. */
import { execFileSync } from "node:child_process";
import { FakeDocument, FakeElement } from "./dom";
import type { Consentry } from "../src/site";
import type { Bridge } from "../src/bridge";
import type { GatePayload } from "../src/wire";

// Bundled as for shipping, but legible in a stack trace.
const bundle = (entry: string) =>
  execFileSync(
    "node_modules/esbuild/bin/esbuild",
    [`www/gate/src/${entry}.ts`, "--bundle", "--format=iife", "--target=es2020", "--log-level=error"],
    { encoding: "utf8" },
  );
const CODE = bundle("main");
const parts = new Map<string, string>();
const partCode = (name: string) => {
  if (!parts.has(name)) parts.set(name, bundle(`parts/${name}`));
  return parts.get(name)!;
};

export const NOW = 1_795_176_000_000;

/** Opt-in, four services, as the edge would compute it. */
export const PAYLOAD: GatePayload = {
  site: "shop",
  policy: 3,
  fingerprint: "ba7b023fc43bd59b",
  categories: ["required", "functional", "advertising"],
  services: [
    ["session", 0],
    ["video", 1],
    ["chat", 1],
    ["ads", 2],
  ],
  table: [
    [0, 1, 1],
    [0, 1, 0],
    [7, 1, 0],
    [1, 1, 0],
    [1, 1, 1],
    [1, 1, 0],
    [0, 1, 0],
    [0, 1, 0],
  ],
  denied: 6,
  header: 0,
  model: "opt_in",
  choice_days: 365,
  cooldown_days: 180,
  cookie: ["__Host-", ";path=/;max-age=31536000;samesite=lax"],
  language: "en",
  banner: "banner-0.js",
  later: "later-0.js",
  page: "/shop/preferences?lang=en&return=",
  html: "root,layer hidden,status hidden,link",
  css: "",
};

export const VALUE = (grants: string, flags = "01", action = "s", services = "", record = "01a1f8d3ea007abc9def0123456789ab") =>
  `1.${PAYLOAD.fingerprint}.${grants}.${flags}.${action}.${action == "g" ? "g" : "p"}.${services}.00112233445566778899aabbccddeeff.${record}.`;

export interface Sent {
  url: string;
  body: any;
  answer(ok: boolean): Promise<void>;
  fail(): Promise<void>;
}

/** What can be different about a page. */
export interface Setting {
  payload?: Partial<GatePayload>;
  cookie?: string | null;
  cookiesBlocked?: boolean;
  /** A document of no origin: whoever touches its cookies gets an exception. */
  sandboxed?: boolean;
  now?: number;
  navigator?: Record<string, unknown>;
  window?: Record<string, unknown>;
  protocol?: string;
  banner?: (bridge: Bridge) => unknown;
  /** Parts beside the one that every site has, each with its settings. */
  parts?: Record<string, unknown>;
  document?: FakeDocument;
}

const turn = () => new Promise<void>((done) => setImmediate(done));

export class World {
  document: FakeDocument;
  jar = new Map<string, string>();
  written: string[] = [];
  /** How often cookies were read since one was written. */
  reads = 0;
  sent: Sent[] = [];
  loaded: string[] = [];
  /** How often what comes later has come. */
  laters = 0;
  window = new EventTarget() as EventTarget & { consentry?: Consentry; [key: string]: unknown };
  location = { protocol: "https:", pathname: "/kit", search: "?a=1", href: "" };
  channel: { onmessage?: () => void; posts: number } = { posts: 0 };
  now: number;
  errors: unknown[] = [];
  observed: () => void = () => {};
  /** What waits for a timer. */
  timers: (() => void)[] = [];

  constructor(readonly setting: Setting = {}) {
    this.document = setting.document ?? new FakeDocument();
    this.now = setting.now ?? NOW;
    this.location.protocol = setting.protocol ?? "https:";
    Object.assign(this.window, setting.window);
    if (setting.cookie != null) this.jar.set(this.name, setting.cookie);
    const { jar, written } = this;
    Object.defineProperty(this.document, "cookie", {
      get: () => {
        if (setting.sandboxed) throw new Error("SecurityError");
        this.reads++;
        return ["a=b", ...[...jar].map(([name, value]) => `${name}=${value}`), "z=1"].join("; ");
      },
      set: (text: string) => {
        if (setting.sandboxed) throw new Error("SecurityError");
        written.push(text);
        this.reads = 0;
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(text)!;
        if (!setting.cookiesBlocked) jar.set(name!, value!);
      },
    });
  }

  get name() {
    return this.location.protocol != "https:" ? "consentry" : this.setting.payload?.domain ? "__Secure-consentry" : "__Host-consentry";
  }
  /** The stored fields. */
  get cookie(): string[] {
    return (this.jar.get(this.name) ?? "").split(".");
  }
  get api(): Consentry {
    return this.window.consentry!;
  }
  get root(): FakeElement {
    return this.document.body!.children[0]!;
  }
  part(name: string): FakeElement {
    return this.root.querySelector(`[data-consentry-part=${name}]`)!;
  }
  shown(): string[] {
    return ["layer", "status", "link"].filter((name) => !this.part(name).hidden);
  }

  /** Evaluates the bundle with this page's globals. */
  run(): this {
    const world = this;
    const globals: Record<string, unknown> = {
      window: this.window,
      document: this.document,
      location: this.location,
      navigator: this.setting.navigator ?? {},
      PAYLOAD: { ...PAYLOAD, ...this.setting.payload },
      Date: { now: () => this.now },
      MutationObserver: class {
        constructor(fn: () => void) {
          world.observed = fn;
        }
        observe() {}
      },
      BroadcastChannel: class {
        set onmessage(fn: () => void) {
          world.channel.onmessage = fn;
        }
        postMessage() {
          world.channel.posts++;
        }
      },
      CSSStyleSheet: class {
        replaceSync() {}
      },
      fetch: (url: string, { body }: { body: string }) =>
        new Promise((resolve, reject) =>
          this.sent.push({
            url,
            body: JSON.parse(body),
            answer: (ok) => (resolve({ ok }), turn()),
            fail: () => (reject(new Error("offline")), turn()),
          }),
        ),
      setTimeout: (fn: () => void) => this.timers.push(fn),
      requestAnimationFrame: (fn: () => void) => fn(),
      load: async (url: string) => {
        if (url.includes("/later-")) return { start: () => this.laters++ };
        this.loaded.push(url);
        if (!this.setting.banner) throw new Error("no banner");
        return { start: this.setting.banner };
      },
    };
    // `import()` is syntax, not a global: the one thing a test has to put in its place.
    const code = CODE.replace("import(", "load(");
    (this.window as any).setTimeout = globals.setTimeout;
    const evaluate = (code: string, more: Record<string, unknown>) =>
      new Function(...Object.keys(globals), ...Object.keys(more), code)(...Object.values(globals), ...Object.values(more));
    const PARTS = Object.entries({ ...this.setting.parts, api: null }).map(([name, config]) => [
      (GATE: unknown, CONFIG: unknown) => evaluate(partCode(name), { GATE, CONFIG }),
      config,
    ]);
    evaluate(code, { PARTS });
    return this;
  }

  /** The page has loaded, and what was to come soon after it has come. */
  async settle(): Promise<this> {
    this.window.dispatchEvent(new Event("pageshow"));
    for (const fn of this.timers.splice(0)) fn();
    await turn();
    return this;
  }

  click(action: string, inside = true): Event {
    const el = this.document.createElement("button").setAttribute("data-consentry", action);
    (inside ? this.part("layer") : this.document.body!).append(el);
    const event = new Event("click", { cancelable: true });
    Object.defineProperty(event, "target", { value: el });
    this.document.dispatchEvent(event);
    return event;
  }
}
