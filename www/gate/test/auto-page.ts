/** A page for the automatic part: elements whose interfaces load when their address is set, as a browser's do. */
import type { Gate } from "../src/part";
import { Visit } from "./part";

/** Hosts of the services `video`, `chat` and `ads`, and one that only the catalogue knows. */
export const TABLE = { services: { video: ".example films", chat: ".example .chat", ads: ".example ads" }, categories: { advertising: ".com .tracker" } };

type Observed = { addedNodes: unknown[] }[];

/** What a page has, afresh for each test. */
export class AutoPage {
  /** What was asked for, in order. */
  asked: string[] = [];
  warned: string[] = [];
  observed: (records: Observed) => void = () => {};
  window: Record<string, any>;
  visit: Visit;
  /** What the gate makes addresses of. */
  trust = { createScriptURL: (url: string): unknown => url, createHTML: (html: string) => html, createScript: (text: string) => text };

  constructor(granted: Record<string, boolean> = {}, freeze = false, tag: object = {}) {
    const { asked } = this;
    class Element {
      attributes = new Map<string, unknown>();
      dataset: Record<string, string> = {};
      nodeType = 1;
      text = "";
      setAttribute(name: string, value: unknown) {
        this.attributes.set(name, value);
        if (/^(src|srcset|href|data)$/.test(name)) asked.push(String(value));
      }
      getAttribute = (name: string) => this.attributes.get(name) ?? null;
      removeAttribute = (name: string) => this.attributes.delete(name);
      matches = () => true;
      set innerHTML(html: string) {
        this.text = html;
      }
      insertAdjacentHTML(_: string, html: string) {
        this.text += html;
      }
    }
    this.window = { Element };
    const make = (type: string, localName: string, ...names: string[]) => {
      const one = class extends Element {
        localName = localName;
        rel = "";
        type = "";
      };
      for (const name of names)
        Object.defineProperty(one.prototype, name, {
          configurable: true,
          get(this: Element) {
            return this.attributes.get(name) ?? "";
          },
          set(this: Element, value: unknown) {
            Element.prototype.setAttribute.call(this, name, value);
          },
        });
      if (freeze) Object.freeze(one.prototype);
      this.window[type] = one;
    };
    make("HTMLScriptElement", "script", "src");
    make("HTMLIFrameElement", "iframe", "src");
    make("HTMLImageElement", "img", "src", "srcset");
    make("HTMLLinkElement", "link", "href");
    this.window.Navigator = class {
      sendBeacon(url: string) {
        return !!asked.push(url);
      }
    };
    this.window.fetch = async (url: string) => asked.push(url);
    this.visit = new Visit(granted, this.window);
    Object.assign(this.visit.document, {
      baseURI: "https://shop.example/",
      readyState: "loading",
      scripts: [],
      querySelectorAll: () => [],
      write: (...parts: string[]) => asked.push(parts.join("")),
    });
    const page = this;
    Object.assign(globalThis, {
      MutationObserver: class {
        constructor(fn: (records: Observed) => void) {
          page.observed = fn;
        }
        observe() {}
      },
    });
    const { warn } = console;
    console.warn = (text: string) => this.warned.push(text);
    this.visit.run("auto", TABLE, { trust: () => this.trust, base: "https://shop.example/_c", script: tag } as unknown as Partial<Gate>);
    console.warn = warn;
  }

  make(type: string): any {
    return new this.window[type]();
  }

  /** What is allowed now is let go of, after the gate's own elements. */
  async decide(granted: Record<string, boolean>, refused: string[] = []): Promise<void> {
    this.visit.decide(granted, refused);
    await null;
  }
}
