/** The gate: reads what is known, lets through what may run, shows what is to be asked, keeps what is answered. */
import { hydrated } from "./bridge";
import { apply, commit, connect, stillRefused } from "./commit";
import { grants, news } from "./decide";
import { guard } from "./guard";
import { build, root, tend } from "./layer";
import { open, start, startSoon } from "./loader";
import { doc, everything } from "./page";
import { begin } from "./part";
import { post } from "./send";
import { GPC, REQUIRED } from "./wire";

const onClick = guard((event: Event) => {
  const target = (event.target as Element).closest<HTMLElement>("[data-consentry]");
  const inside = root && root.contains(target);
  const wanted = target && !(inside && hydrated) && { open: -1, accept: everything, reject: REQUIRED }[target.dataset.consentry!];
  if (wanted) {
    event.preventDefault();
    if (wanted < 0) open();
    // A button of the site's own cannot have told of a signal, so it speaks like the site's code.
    else commit("", inside ? "b" : "i", wanted, () => 0);
  }
});

/** Runs the gate. */
export const gate = guard((): void => {
  // A second tag finds the first one's work. (An element of this id would be found too, but has no `get`.)
  if (window.consentry?.get) return;
  if (begin()) return;
  build();
  apply();
  new MutationObserver(tend).observe(doc, { childList: true, subtree: true });
  const on = (target: EventTarget | undefined, name: string, fn: (event: Event) => unknown) =>
    target?.addEventListener(name, guard(fn), true);
  on(root, "pointerover", start);
  on(root, "focusin", start);
  on(doc, "DOMContentLoaded", tend);
  on(doc, "click", onClick);
  on(doc, "prerenderingchange", apply);
  on(doc, "visibilitychange", post);
  on(window, "pagehide", post);
  on(window, "pageshow", (event) => {
    if ((event as PageTransitionEvent).persisted) apply();
    startSoon();
  });
  // A tag that another script has put in may come when all of that is over.
  if (doc.readyState == "complete") startSoon();
  post();
  // Noted once: later pages find it in the cookie.
  if (news) commit("g", news & GPC ? "g" : "d", grants, stillRefused);
  // Last, for it may fail.
  connect();
});
