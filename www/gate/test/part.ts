/** A page for one part: the very script that ships, with a gate whose visitor decides what a test says. */
import { execFileSync } from "node:child_process";
import type { Gate } from "../src/part";
import { PAYLOAD } from "./world";

const bundles = new Map<string, string>();

const bundle = (name: string) => {
  let code = bundles.get(name);
  if (!code) {
    const file = `www/gate/src/parts/${name}.ts`;
    const flags = ["--bundle", "--minify", "--format=iife", "--target=es2020", "--charset=utf8", "--log-level=error"];
    code = execFileSync("node_modules/esbuild/bin/esbuild", [file, ...flags], { encoding: "utf8" });
    bundles.set(name, code);
  }
  return code;
};

/** The visitor of one page. */
export class Visit {
  window: Record<string, any>;
  document = new EventTarget();
  private granted: Record<string, boolean> = { required: true, functional: false, advertising: false };
  private refused: string[] = [];
  private told: (() => void)[] = [];

  /** `granted` is what holds when the page begins; `window` may be a hostile one. */
  constructor(granted: Record<string, boolean> = {}, window: Record<string, any> = {}) {
    this.window = window;
    Object.assign(this.granted, granted);
  }

  /** Evaluates a part, whose gate may have more than most need; nothing it does may throw. */
  run(name: string, config: unknown, more: Partial<Gate> = {}): this {
    const gate = {
      payload: PAYLOAD,
      base: "https://edge.example/_c",
      has: (id: string) => {
        const [, category = 0] = PAYLOAD.services.find(([known]) => known == id) ?? [];
        return id in this.granted
          ? this.granted[id]
          : !!category && !!this.granted[PAYLOAD.categories[category]!] && !this.refused.includes(id);
      },
      onchange: (fn: () => void) => {
        this.told.push(fn);
        fn();
      },
      ...more,
    } as Partial<Gate>;
    const globals = { window: this.window, document: this.document, GATE: gate, CONFIG: config };
    new Function(...Object.keys(globals), bundle(name))(...Object.values(globals));
    return this;
  }

  /** A decision: categories that change, and which services are refused by name. */
  decide(granted: Record<string, boolean>, refused: string[] = []): this {
    Object.assign(this.granted, granted);
    this.refused = refused;
    for (const fn of this.told) fn();
    return this;
  }

  /** A script of the page has loaded. */
  loaded(): void {
    this.document.dispatchEvent(new Event("load"));
  }
}

/** A window on which nothing can be put. */
export const frozen = (window: Record<string, any> = {}) => Object.freeze(window);

/** What calls a stub has noted, `arguments` objects as arrays. */
export const calls = (queue: ArrayLike<any>) => Array.from(queue, (call) => (call && call.length ? Array.from(call) : call));
