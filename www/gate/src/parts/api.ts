/** `window.consentry` and what is told to the page: see site.ts for what each function promises. Every site has this part. */
import type { Consentry, ConsentryEvent, ConsentryGrants } from "../site";
import { FINGERPRINT, FLAGS, RECORD } from "../fields";
import type { Gate } from "../part";
import { EXPLICIT, OVERRIDE } from "../wire";

declare const GATE: Gate;

const { payload, has, guard } = GATE;
const { categories, services } = payload;
const doc = document;

/** Every category with its state. */
const named = (): ConsentryGrants => Object.fromEntries(categories.map((id) => [id, has(id)]));

const on = (event: ConsentryEvent, listener: (grants: ConsentryGrants) => void, once?: boolean) => {
  const handler = () => listener(named());
  // A listener's own failure is the page's to see, like that of any other; it does not come back through here.
  if (event == "ready") setTimeout(handler);
  else doc.addEventListener(`consentry:${event}`, handler, { once: once as boolean });
  return () => doc.removeEventListener(`consentry:${event}`, handler);
};

const api: Consentry = {
  get: guard((id?: string) => (id ? has(id) : named())) as Consentry["get"],
  set: guard((wanted) => {
    const now = GATE.grants();
    let bits = now;
    categories.forEach((id, bit) => {
      if (bit && id in wanted) bits = (bits & ~(1 << bit)) | (+!!wanted[id] << bit);
    });
    const stored = (GATE.choice() || "").split(".");
    const flags = +`0x0${stored[FLAGS] || ""}`;
    const kept = GATE.signalOn() && !(flags & OVERRIDE) ? bits & ~payload.denied : bits;
    // A site that repeats itself on every page makes no new decision.
    if (kept != now || GATE.ask() || !(flags & EXPLICIT) || stored[FINGERPRINT] != payload.fingerprint) GATE.decide("", "i", bits);
  }),
  open: guard(GATE.open),
  close: guard(() => {
    // The layer is hidden; dialogs close, and those that are closed stay so.
    for (const el of doc.querySelectorAll<any>("[data-consentry-part=layer],#consentry dialog")) el.close ? el.close() : (el.hidden = true);
  }),
  reset: guard(GATE.reset),
  on,
  once: (event, listener) => on(event, listener, true),
  whenGranted: (id) =>
    new Promise((granted) => {
      const look = () => has(id) && granted();
      look();
      doc.addEventListener("consentry:grant", look);
    }),
};
window.consentry = api;

const tell = (event: string, detail: unknown) => doc.dispatchEvent(new CustomEvent(`consentry:${event}`, { detail }));

// What may run is compared from one verdict to the next.
const ids = [...categories, ...services.map(([id]) => id)];
let record: string | undefined;
let before: string[] | undefined;
GATE.onchange((open) => {
  if (open) return tell("open", named());
  const [now, then, first] = [ids.filter(has), before || [], !before];
  before = now;
  const stored = (GATE.choice() || "").split(".")[RECORD];
  if (!first) {
    const [lost, won] = [then.filter((id) => !now.includes(id)), now.filter((id) => !then.includes(id))];
    if (lost[0]) {
      tell("withdraw", lost);
      GATE.later(lost);
    }
    if (won[0]) tell("grant", won);
  }
  // Once the page is in line with it.
  if (first || stored != record) queueMicrotask(() => tell(first ? "ready" : "change", named()));
  record = stored;
});
