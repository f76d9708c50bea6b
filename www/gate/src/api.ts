/** `window.consentry`: see consentry.d.ts for what each function promises. */
import type { Consentry } from "../consentry";
import { commit, stillRefused } from "./commit";
import { grantsOf } from "./cookie";
import { category, grants, honoured, named, service, valid } from "./decide";
import { guard } from "./guard";
import { open } from "./loader";
import { doc, everything, payload } from "./page";
import { REQUIRED } from "./wire";

/** Builds it. */
export const createApi = (): Consentry => ({
  get: guard((id?: string) => (id ? category(id) || service(id) : named(grants))) as Consentry["get"],
  set: guard((categories) => {
    let wanted = grants;
    for (const id in categories) {
      const bit = 1 << payload.categories.indexOf(id);
      wanted = categories[id] ? wanted | bit : wanted & ~bit;
    }
    // No bit belongs to a name the policy does not have.
    wanted = (wanted & everything) | REQUIRED;
    // A site that repeats itself on every page makes no new decision.
    if (grantsOf(valid) != (honoured ? wanted & ~payload.denied : wanted)) commit("", "i", wanted, stillRefused);
  }),
  open: guard(open),
  on(event, listener) {
    const handler = () => listener(named(grants));
    // A listener's own failure is the page's to see, like that of any other; it does not come back through here.
    if (event == "ready") setTimeout(handler);
    else doc.addEventListener(`consentry:${event}`, handler);
    return () => doc.removeEventListener(`consentry:${event}`, handler);
  },
});
