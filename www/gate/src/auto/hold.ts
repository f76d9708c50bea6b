/** What is held, and what becomes of it: an address that waits for its owner to be allowed. */
import { guard } from "../guard";
import type { Gate } from "../part";
import { matcher } from "./match";
import type { Owner, Table } from "./match";
import type { Released } from "../released";

declare const GATE: Gate;
declare const CONFIG: Table;

const { payload, has } = GATE;
const ownerOf = matcher(CONFIG);

/** More than that is not kept for later: a page that sends a pixel every second would keep them all. */
const MOST = 500;

type Held = { el: HTMLElement; name: string; value: unknown; owner: Owner };
let waiting: Held[] = [];
const kept = new WeakMap<HTMLElement, Record<string, unknown>>();

/** Elements that the gate itself let run, whatever was decided. */
export const freed = new WeakSet<Node>();

let warned: unknown;
/** Tells whoever builds the site, once. */
export const warn = (text: string): void => {
  if (!warned) console.warn(`Consentry, automatic mode: ${text}`);
  warned = 1;
};

// Nothing is let go on a page that may never be seen; when it is, there is a new verdict.
const may = ({ category, service }: Owner) =>
  !(document as any).prerendering && (!category || has(category)) && (!service || has(service));

/** Whose an address is, if they may not have it now. */
export const heldOwner = (url: unknown): Owner | undefined => {
  const owner = ownerOf(String(url), document.baseURI || location.href);
  return owner && !may(owner) ? owner : undefined;
};

/** The marks of an owner: those a site would have put there itself. */
export const marksOf = ({ service, category }: Owner): [category: string, service?: string] => {
  const [, bit] = payload.services.find(([id]) => id == service) || [];
  return [category || payload.categories[bit!]!, service];
};

// Elements that have their marks from us.
const ours = new WeakSet<HTMLElement>();

/** Marks an element for the ordinary gate, unless its author has. */
export const mark = (el: HTMLElement, owner: Owner): void => {
  const { dataset } = el;
  if (dataset.category && !ours.has(el)) return;
  ours.add(el);
  // Whatever becomes of it is our doing, so a withdrawal may take it back.
  (el as Released<HTMLElement>).released = el;
  const [category, service] = marksOf(owner);
  dataset.category = category;
  if (service) dataset.service = service;
  else delete dataset.service;
};

/** Links that load or connect; the others only name something. */
const LOADS = /^$|stylesheet|pre(load|fetch|connect)|dns-prefetch|modulepreload|icon/i;

/** Whose an element's address is, whether they may have it or not. Its author's marks go before the table. */
const ownerFor = (el: HTMLElement, value: unknown): Owner | undefined => {
  if (el.localName == "link" && !LOADS.test((el as HTMLLinkElement).rel)) return;
  const { category, service } = el.dataset;
  // Of a set of pictures, the first that somebody owns.
  const owner = String(value)
    .split(/,\s+/)
    .map((url) => ownerOf(url.trim().split(/\s/)[0]!, document.baseURI || location.href))
    .find((owner) => owner);
  return owner && category && !ours.has(el) ? { category, service } : owner;
};

// What the gate is about to put where it belongs: it makes an address of it right before.
let passing: unknown;
const trust = GATE.trust();
const make = trust.createScriptURL;
guard(() => {
  trust.createScriptURL = (url) => (passing = make.call(trust, url));
})();

/** Marks an element of the parser's; true when this address of it is not to be loaded now. */
export const claim = (el: HTMLElement, value: unknown): boolean | undefined => {
  const owner = ownerFor(el, value);
  if (!owner) return;
  const held = !may(owner);
  // Also what may load now, so that a later withdrawal takes it back; but a script has run then.
  if (held || el.localName != "script") mark(el, owner);
  return held;
};

/**
 * These keep what they were given, and wait here: the gate would make a script anew, but its maker listens to this one; and text
 * that Trusted Types have not seen must not become trusted on the way.
 */
const KEEPS = /script|embed|object/;

/** True when this address of this element is not to be loaded now; it is kept for later. */
export const hold = (el: HTMLElement, name: string, value: unknown): boolean => {
  const released = value === passing && passing !== undefined;
  passing = undefined;
  const marked = !KEEPS.test(el.localName);
  if (keptFor(el, name) !== undefined) {
    delete kept.get(el)![name];
    if (marked) delete el.dataset[name];
  }
  const owner = ownerFor(el, value);
  if (!owner) return false;
  if (released) freed.add(el);
  // As what the parser made.
  else if (marked) mark(el, owner);
  if (released || may(owner)) return false;
  kept.set(el, { ...kept.get(el), [name]: value });
  if (marked) el.dataset[name] = String(value);
  if (waiting.length < MOST) waiting.push({ el, name, value, owner });
  return true;
};

/** The address that is kept for an element, as its maker wrote it. */
export const keptFor = (el: HTMLElement, name: string): unknown => (kept.get(el) || {})[name];

/** Lets go of what is allowed now. `set` is how an attribute is set past the guards. */
export const letGo = (set: (el: HTMLElement, name: string, value: unknown) => void): void => {
  const all = waiting;
  waiting = [];
  for (const held of all) {
    const { el, name, value, owner } = held;
    // Another address may have come in its place.
    if (keptFor(el, name) !== value) continue;
    if (!may(owner)) waiting.push(held);
    else {
      delete kept.get(el)![name];
      if (!KEEPS.test(el.localName)) {
        // What is in the document the gate has let run already.
        if (el.dataset[name] == null) continue;
        delete el.dataset[name];
      }
      guard(set)(el, name, value);
    }
  }
};
