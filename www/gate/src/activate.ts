/** Lets marked elements run once they may. The document is the queue: what is still inert in it is still waiting. */
import { ADDRESSES } from "./addresses";
import { category, service } from "./decide";
import { guard } from "./guard";
import { doc, nonce } from "./page";
import { afterPaint } from "./painted";
import { trust } from "./trust";
import type { Released } from "./released";

const MARKED = `[data-category]:is([type="text/plain"],${ADDRESSES.map((name) => `[data-${name}]`)})`;

// Classic external scripts that hold up the ones after them.
let loading = 0;

const source = (el: HTMLScriptElement) => el.dataset.src || el.src;

/** False while the parser may still be inside it: its text could be half of what is coming. */
const closed = (el: Node | null): unknown => el && (el.nextSibling || closed(el.parentNode));

/** Has what comes after a script wait for it, if it is sure to report back; waiting for anything else could be for ever. */
export const holdUp = (el: HTMLScriptElement): void => {
  // Not the property: an inert script of the parser's, or one of a fragment, calls itself asynchronous.
  el.async = el.hasAttribute("async");
  if (el.src && !el.async && !el.noModule && /^$|script$/.test(el.type)) {
    loading++;
    const done = () => --loading || activate();
    // The author's own onload stays.
    el.addEventListener("load", done);
    el.addEventListener("error", done);
  }
};

const start = guard((old: HTMLScriptElement) => {
  // An earlier script may have taken it out of the page. Whatever becomes of it, it is not tried again.
  if (!old.isConnected) return;
  delete old.dataset.category;
  // A new element: a script whose type is merely changed does not run in every browser.
  const el: Released = doc.createElement("script");
  const type = old.dataset.type || "";
  const url = source(old);
  // Handlers are sinks of Trusted Types; what is none takes the text.
  for (const { name, value } of old.attributes)
    if (!/^(data-)?(type|src|service)$/.test(name)) el.setAttribute(name, trust().createScript(value) as string);
  el.type = type;
  el.nonce = (old.nonce || nonce)!;
  if (url) el.src = trust().createScriptURL(url);
  else el.text = trust().createScript(old.text);
  holdUp(el);
  el.released = el;
  old.replaceWith(el);
  // Nothing behind it runs before what it has written.
  el.written?.();
});

/** Lets one element run, whatever was decided. */
export const release = (el: HTMLElement): void => {
  if (el.localName == "script") start(el as HTMLScriptElement);
  else {
    // Out and in again, its place kept by what does nothing: a frame the parser made empty is restored empty when
    // Chromium reloads the page, and a player looks for its sources when they arrive.
    const place = doc.createElement("script");
    el.replaceWith(place);
    (el as Released<HTMLElement>).released = el;
    for (const name of ADDRESSES) {
      const url = el.dataset[name];
      delete el.dataset[name];
      // Objects and embeds are sinks of Trusted Types; what is none takes the text.
      if (url) el.setAttribute(name, trust().createScriptURL(url));
    }
    place.replaceWith(el);
  }
};

// Somebody waits for the answer to a click.
let busy: unknown;

/** From a click until what it comes to is painted, only scripts are let run: frames and players are slow to make. */
export const hurry = (): void => {
  busy = 1;
  afterPaint(() => {
    busy = 0;
    activate();
  });
};

/**
 * Activates whatever is granted, in document order. Scripts behave as the author wrote them: a classic external one holds up
 * those after it, `async` does not, `defer` and modules come after the rest.
 */
export const activate = guard((): void => {
  // A page that the browser makes ahead of time may never be seen.
  if ((doc as any).prerendering) return;
  const late: HTMLScriptElement[] = [];
  const parsing = doc.readyState == "loading";
  let held: unknown;
  for (const el of doc.querySelectorAll<HTMLScriptElement>(MARKED)) {
    // Asked each time: an earlier script of this very loop may have changed the choice.
    if (category(el.dataset.category) && (!el.dataset.service || service(el.dataset.service))) {
      if (el.localName == "script" && !el.hasAttribute("async") && (el.dataset.type == "module" || (el.defer && source(el)))) late.push(el);
      else if (
        el.localName != "script"
          ? !busy
          : (el.hasAttribute("async") && source(el)) || !(held ||= !source(el) && (loading || (parsing && !closed(el))))
      )
        release(el);
    }
  }
  if (!held && !parsing) late.forEach(release);
});
