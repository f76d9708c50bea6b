/** Placeholders: in place of a frame or player that may not load, who it is from and the ways to have it. */
import type { Bridge } from "../bridge";
import type { Later } from "../wire";
import { make } from "./make";
import { allowed } from "./retire";

/** What the visitor asked to see without allowing the service. */
export const shownOnce = new WeakSet<Element>();

/** What stands in its place, and how the site itself had it shown. */
type Dressed = { box: HTMLElement; display: string; priority: string };

const dressed = new Map<HTMLElement, Dressed>();

/** Those that had no size when they were looked at: in a tab that is not open, say. */
const unseen = new Set<HTMLElement>();
let sizes: ResizeObserver | undefined;

/** The attributes a frame, player or post waits with; pictures and links are nobody's wish to see. */
const WAITING =
  ":is(iframe,video,audio,embed,object)[data-category]:is([data-src],[data-data]),[data-consentry-post][data-category]";

/** Players that have no film of their own; their sources may. */
const EMPTY = ":is(video,audio):not([src])";

/** Below this many CSS pixels it is a pixel, not something to see. */
const SMALLEST = 40;

/** What is marked of it and waits: itself, or the sources of a player that has no other. */
const marks = (el: HTMLElement): HTMLElement[] => {
  if (el.matches(WAITING)) return [el];
  return el.querySelector(":scope>source[src]") ? [] : [...el.querySelectorAll<HTMLElement>(":scope>source[data-category][data-src]")];
};

/** Whether all of that may not load. One source is enough for a player. */
const waits = (gate: Bridge, el: HTMLElement) => {
  const all = marks(el);
  return all.length > 0 && !shownOnce.has(el) && !all.some((mark) => allowed(gate, mark));
};

const host = (url: string | undefined) => {
  try {
    return new URL(url!, location.href).hostname;
  } catch {
    return location.hostname;
  }
};

const nameOf = (gate: Bridge, { names }: Later, { dataset: { service, category, src, data } }: HTMLElement) =>
  names[gate.payload.services.findIndex(([id]) => id == service)] || ((src || data) && host(src || data)) || category!;

/** Whether the policy has what it is marked with: what it does not have cannot be allowed. */
const known = ({ payload: { categories, services } }: Bridge, { dataset: { service, category } }: HTMLElement) =>
  categories.includes(category!) && (!service || services.some(([id]) => id == service));

/** Positions of all services of a category but one: allowing that one allows no other. */
const others = ({ payload }: Bridge, service: string | undefined, category: string) => {
  const bit = payload.categories.indexOf(category);
  return payload.services.flatMap(([id, of], index) => (of == bit && id != service ? [index] : []));
};

/** Refused in categories that are on already: they stay refused, unless it is this one. */
const refused = (gate: Bridge, service: string | undefined) =>
  gate.payload.services.flatMap(([id, of], index) => ((gate.grants() >> of) & 1 && !gate.has(id) && id != service ? [index] : []));

const allow = (gate: Bridge, { dataset: { service, category } }: HTMLElement) => {
  const bit = 1 << gate.payload.categories.indexOf(category!);
  // What a signal denies can be allowed only by somebody who was told of the signal: the preferences do.
  if (gate.signalOn() && gate.payload.denied & bit) return gate.open();
  const on = gate.grants() & bit;
  gate.decide("", "p", gate.grants() | bit, [...refused(gate, service), ...(on || !service ? [] : others(gate, service, category!))]);
};

const once = (gate: Bridge, el: HTMLElement) => {
  const wanted = [el, ...el.querySelectorAll<HTMLElement>("[data-category]")];
  for (const part of wanted) {
    shownOnce.add(part);
    if (part.matches("script,[data-src],[data-data],[data-srcset],[data-href]")) gate.release(part);
  }
};

/** A post is words that stay; what was to be loaded comes after them. */
const isPost = (el: HTMLElement) => el.matches("[data-consentry-post]");

/** Makes a box as large as the element is, and where it is; false for what is too small to be seen. */
const fit = (el: HTMLElement, box: HTMLElement) => {
  const { width, height } = el.getBoundingClientRect();
  if (width < SMALLEST || height < SMALLEST) return false;
  const { margin, float, position, inset, transform, zIndex } = getComputedStyle(el);
  Object.assign(box.style, { width: `${width}px`, height: `${height}px`, minBlockSize: "0", margin, float });
  // A film that fills a box of its own, as most do that keep their proportions, takes no room in it; nor must this.
  if (/absolute|fixed/.test(position)) Object.assign(box.style, { position, inset, transform, zIndex });
  return true;
};

/** A space of the same size where the element was, so that nothing moves. */
const place = (el: HTMLElement, box: HTMLElement) => {
  if (isPost(el)) el.append(box);
  else {
    if (!fit(el, box)) return false;
    el.before(box);
  }
  return true;
};

const hide = (el: HTMLElement) => el.style.setProperty("display", "none", "important");

const dressUp = (el: HTMLElement, box: HTMLElement) => {
  const display = el.style.getPropertyValue("display");
  const priority = el.style.getPropertyPriority("display");
  if (!place(el, box)) return false;
  if (!isPost(el)) hide(el);
  dressed.set(el, { box, display, priority });
  return true;
};

const undress = (el: HTMLElement) => {
  const { box, display, priority } = dressed.get(el)!;
  const focused = box.contains(document.activeElement);
  box.remove();
  el.style.setProperty("display", display, priority);
  dressed.delete(el);
  // It has looked for a film among its sources, found none, and in Firefox would go on behind them: it is to look again.
  if (el.matches(EMPTY)) (el as HTMLMediaElement).load();
  if (focused) {
    el.tabIndex = el.tabIndex < 0 ? -1 : el.tabIndex;
    el.focus();
  }
};

const placeholder = (gate: Bridge, facts: Later, el: HTMLElement) => {
  const box = make(gate, facts, facts.embed);
  const [mark = el] = marks(el);
  const name = nameOf(gate, facts, mark);
  // The name is data: it goes in as text.
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) walker.currentNode.nodeValue = walker.currentNode.nodeValue!.replace("{service}", () => name);
  // Several on a page are told apart by name; the other button has it in its words.
  const show = box.querySelector("[data-consentry-embed=once]")!;
  show.setAttribute("aria-label", `${show.textContent}: ${name}`);
  box.setAttribute("aria-label", box.querySelector("strong")!.textContent!);
  if (!known(gate, mark)) box.querySelector("[data-consentry-embed=always]")!.remove();
  box.addEventListener("click", ({ target }) => {
    const wish = (target as Element).closest<HTMLElement>("[data-consentry-embed]")?.dataset.consentryEmbed;
    if (wish == "once") once(gate, el);
    else if (wish == "always") allow(gate, mark);
    dress(gate, facts);
  });
  return box;
};

/** Brings the placeholders in line with what may run. */
export const dress = (gate: Bridge, facts: Later): void => {
  for (const el of dressed.keys()) if (!el.isConnected || !waits(gate, el)) undress(el);
  for (const el of document.querySelectorAll<HTMLElement>(`${WAITING},${EMPTY}`)) {
    if (dressed.has(el) || !waits(gate, el)) continue;
    if (dressUp(el, placeholder(gate, facts, el))) {
      unseen.delete(el);
      sizes?.unobserve(el);
    } else if (!unseen.has(el)) {
      unseen.add(el);
      sizes?.observe(el);
    }
  }
};

/** Fits them anew in a window of another size. */
const refit = () => {
  for (const [el, { box, display, priority }] of dressed) {
    if (isPost(el)) continue;
    box.style.display = "none";
    el.style.setProperty("display", display, priority);
    fit(el, box);
    hide(el);
    box.style.display = "";
  }
};

/** Has `look` called when something has got a size, and keeps those that stand there as large as what they stand for. */
export const watch = (look: () => void): void => {
  sizes = new ResizeObserver(look);
  for (const el of unseen) sizes.observe(el);
  addEventListener("resize", refit);
};
