/** Just enough of a document for the gate: elements, attributes, the few selectors it uses, and scripts that report back. */

/** Selectors of the gate, as functions; a new one must be added here before a test can pass. */
const SELECTORS: Record<string, (el: FakeElement) => boolean> = {
  '[data-category]:is([type="text/plain"],[data-srcset],[data-src],[data-href],[data-data],[data-poster])': (el) =>
    el.has("data-category") &&
    (el.getAttribute("type") == "text/plain" || ["src", "srcset", "href", "data", "poster"].some((name) => el.has(`data-${name}`))),
  "[data-consentry]": (el) => el.has("data-consentry"),
  "[data-consentry-part=layer]": (el) => el.getAttribute("data-consentry-part") == "layer",
  // No dialog is ever open here.
  "[data-consentry-part=layer],#consentry dialog": (el) => el.getAttribute("data-consentry-part") == "layer",
  "dialog[open]": () => false,
  "[data-consentry-part=layer]:not([hidden])": (el) => el.getAttribute("data-consentry-part") == "layer" && !el.hidden,
  "[data-consentry-part=status]": (el) => el.getAttribute("data-consentry-part") == "status",
  "[data-consentry-part=link]": (el) => el.getAttribute("data-consentry-part") == "link",
};

const matcher = (selector: string) => {
  const match = SELECTORS[selector];
  if (!match) throw new Error(`unknown selector ${selector}`);
  return match;
};

const attributeOf = (key: string) => `data-${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

export class FakeElement extends EventTarget {
  children: FakeElement[] = [];
  parentNode: FakeElement | null = null;
  text = "";
  nonce = "";
  hidden = false;
  noModule = false;
  content = this as FakeElement;
  focused = 0;
  slot: unknown;
  private map = new Map<string, string>();

  constructor(
    readonly owner: FakeDocument,
    readonly localName: string,
  ) {
    super();
  }

  has = (name: string) => this.map.has(name);
  hasAttribute = (name: string) => this.map.has(name);
  getAttribute = (name: string) => this.map.get(name) ?? null;
  setAttribute(name: string, value: string): this {
    this.map.set(name, value);
    return this;
  }
  get attributes() {
    return [...this.map].map(([name, value]) => ({ name, value }));
  }
  dataset = new Proxy({} as Record<string, string | undefined>, {
    get: (_, key) => this.map.get(attributeOf(String(key))),
    set: (_, key, value: string) => !!this.setAttribute(attributeOf(String(key)), value),
    deleteProperty: (_, key) => this.map.delete(attributeOf(String(key))) || true,
  });
  get type() {
    return this.getAttribute("type") ?? "";
  }
  set type(value: string) {
    this.setAttribute("type", value);
  }
  get src() {
    return this.getAttribute("src") ?? "";
  }
  set src(value: string) {
    this.setAttribute("src", value);
  }
  get defer() {
    return this.has("defer");
  }
  // As in a browser: an inert script of the parser's calls itself asynchronous.
  private forced = true;
  get async() {
    return this.forced || this.has("async");
  }
  set async(value: boolean) {
    this.forced = false;
    if (value) this.setAttribute("async", "");
    else this.map.delete("async");
  }
  set innerHTML(html: string) {
    for (const [part, hidden] of html.split(",").map((words) => words.split(" "))) {
      const el = this.owner.createElement("div");
      el.hidden = !!hidden;
      if (part == "root") this.append(el);
      else this.children[0]!.append(el.setAttribute("data-consentry-part", part!));
    }
  }
  get firstElementChild() {
    return this.children[0];
  }
  get nextSibling(): FakeElement | undefined {
    const { children } = this.parentNode ?? { children: [] };
    return children[children.indexOf(this) + 1];
  }
  get isConnected(): boolean {
    return this == this.owner.root || !!this.parentNode?.isConnected;
  }
  contains(other: FakeElement | null): boolean {
    return !!other && (other == this || this.contains(other.parentNode));
  }
  closest(selector: string): FakeElement | null {
    return matcher(selector)(this) ? this : (this.parentNode?.closest(selector) ?? null);
  }
  querySelectorAll(selector: string): FakeElement[] {
    const found: FakeElement[] = [];
    for (const child of this.children) {
      if (matcher(selector)(child)) found.push(child);
      found.push(...child.querySelectorAll(selector));
    }
    return found;
  }
  querySelector = (selector: string) => this.querySelectorAll(selector)[0] ?? null;
  append(...children: FakeElement[]): void {
    for (const child of children) this.put(child, this.children.length);
  }
  prepend(child: FakeElement): void {
    this.put(child, 0);
  }
  private put(child: FakeElement, at: number): void {
    child.remove();
    this.children.splice(at, 0, child);
    child.parentNode = this;
    if (this.isConnected) this.owner.inserted(child);
  }
  remove(): void {
    const { parentNode } = this;
    if (parentNode) parentNode.children.splice(parentNode.children.indexOf(this), 1);
    this.parentNode = null;
  }
  replaceWith(other: FakeElement): void {
    const { parentNode } = this;
    if (!parentNode) return;
    const at = parentNode.children.indexOf(this);
    this.remove();
    parentNode.put(other, at);
  }
  focus(): void {
    this.focused++;
  }
}

export class FakeDocument extends EventTarget {
  root = new FakeElement(this, "html");
  head = new FakeElement(this, "head");
  body: FakeElement | null = new FakeElement(this, "body");
  documentElement = { lang: "" };
  readyState = "interactive";
  visibilityState = "visible";
  activeElement: FakeElement | null = null;
  adoptedStyleSheets: unknown[] = [];
  currentScript: unknown = { src: "https://edge.example/_c/shop.js?v=1/2", nonce: "gate-nonce" };
  /** What ran, in order: `src` or text. */
  ran: string[] = [];
  /** Called when an inline script runs. */
  onRun: (text: string) => void = () => {};

  constructor() {
    super();
    this.root.append(this.head, this.body!);
  }

  createElement = (name: string) => new FakeElement(this, name);
  querySelectorAll = (selector: string) => this.root.querySelectorAll(selector);

  /** A marked script in the head: `attributes` as `name=value` or `name`, after the category. */
  script(category: string, text: string, ...attributes: string[]): FakeElement {
    const el = this.createElement("script").setAttribute("type", "text/plain").setAttribute("data-category", category);
    for (const attribute of attributes) {
      const [name, value = ""] = attribute.split("=");
      el.setAttribute(name!, value);
    }
    el.text = text;
    this.head.append(el);
    return el;
  }

  inserted(el: FakeElement): void {
    if (el.localName != "script" || el.type == "text/plain" || el.type == "application/json") return;
    this.ran.push(el.src || el.text);
    if (!el.src) this.onRun(el.text);
  }

  /** The network answers for an external script. */
  answer(src: string, event = "load"): void {
    this.head.children.find((el) => el.src == src)!.dispatchEvent(new Event(event));
  }
}
