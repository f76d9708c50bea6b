/** Lets marked elements run once they may. The document is the queue: what is still inert in it is still waiting. */
import { category, service } from "./decide";
import { guard } from "./guard";
import { doc, nonce } from "./page";
import { trust } from "./trust";

type Marked = HTMLScriptElement | HTMLIFrameElement | HTMLImageElement;

// Classic external scripts that hold up the ones after them.
let loading = 0;

const source = (el: Marked) => el.dataset.src || el.src;

/** False while the parser may still be inside it: its text could be half of what is coming. */
const closed = (el: Node | null): unknown => el && (el.nextSibling || closed(el.parentNode));

const start = guard((old: HTMLScriptElement) => {
  // An earlier script may have taken it out of the page. Whatever becomes of it, it is not tried again.
  if (!old.isConnected) return;
  delete old.dataset.category;
  // A new element: a script whose type is merely changed does not run in every browser.
  const el = doc.createElement("script");
  const type = old.dataset.type || "";
  const url = source(old);
  for (const { name, value } of old.attributes) if (!/^(data-)?(type|src|service)$/.test(name)) el.setAttribute(name, value);
  el.type = type;
  el.nonce = (old.nonce || nonce)!;
  // Not the property: an inert script of the parser's calls itself asynchronous.
  el.async = old.hasAttribute("async");
  if (url) el.src = trust().createScriptURL(url);
  else el.text = trust().createScript(old.text);
  // Only these are sure to report back; waiting for anything else could be for ever.
  if (url && !el.async && !el.noModule && /^$|script$/.test(type)) {
    loading++;
    const done = () => {
      loading--;
      activate();
    };
    // The author's own onload stays.
    el.addEventListener("load", done);
    el.addEventListener("error", done);
  }
  old.replaceWith(el);
});

/**
 * Activates whatever is granted, in document order. Scripts behave as the author wrote them: a classic external one holds up
 * those after it, `async` does not, `defer` and modules come after the rest.
 */
export const activate = guard((): void => {
  const late: HTMLScriptElement[] = [];
  const parsing = doc.readyState == "loading";
  let held: unknown;
  for (const el of doc.querySelectorAll<Marked>('[data-category]:is(script[type="text/plain"],iframe[data-src],img[data-src])')) {
    // Asked each time: an earlier script of this very loop may have changed the choice.
    if (category(el.dataset.category) && (!el.dataset.service || service(el.dataset.service))) {
      if (el.localName != "script") {
        // Out and in again, its place kept by what does nothing: a frame the parser made empty is restored empty when
        // Chromium reloads the page.
        const place = doc.createElement("script");
        el.replaceWith(place);
        el.src = el.dataset.src!;
        delete el.dataset.src;
        place.replaceWith(el);
      } else if (!el.hasAttribute("async") && (el.dataset.type == "module" || ((el as HTMLScriptElement).defer && source(el)))) {
        late.push(el as HTMLScriptElement);
      } else if (!(held ||= !source(el) && (loading || (parsing && !closed(el))))) {
        start(el as HTMLScriptElement);
      }
    }
  }
  if (!held && !parsing) late.forEach((el) => start(el));
});
