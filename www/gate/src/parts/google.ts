/** Google Consent Mode v2: one `default` before any tag, then one `update` for each decision that changes something. */
import { guard } from "../guard";
import type { Gate } from "../part";
import { may, page } from "../part-tools";
import type { Needs } from "../part-tools";

declare const GATE: Gate;
declare const CONFIG: {
  /** All seven types, and what must be granted for each. */
  types: Record<string, Needs>;
  /** Name of the global that Google's tags read: `dataLayer`. */
  layer: string;
  /** The model grants until refused. */
  open: boolean;
  /** Where Google, should it place the visitor there, is to wait for a choice all the same. */
  region?: string[];
  /** Milliseconds. */
  wait_for_update?: number;
  /** What is `set`, by name. */
  set: Record<string, boolean>;
  /** Name of an event for the layer after each update. */
  event?: string;
};

type States = Record<string, "granted" | "denied">;

const { types, region, wait_for_update, event } = CONFIG;
const layer = (): any[] => (page[CONFIG.layer] = page[CONFIG.layer] || []);

// Google reads `arguments` objects and takes no notice of arrays.
function gtag(_command: string, _name: string, _value: unknown) {
  layer().push(arguments);
}

const states = (test: (needs: Needs) => boolean): States => {
  const all: States = {};
  for (const type in types) all[type] = test(types[type]!) ? "granted" : "denied";
  return all;
};

// What Google was told last.
let said: States | undefined;

GATE.onchange(
  guard(() => {
    const now = states(may);
    if (!said) {
      // Sites that let Google's tags load at once have a default of their own before them; a second one would come too late.
      const own = layer().find((entry) => entry && entry[0] == "consent" && entry[1] == "default" && entry[2] && !entry[2].region);
      const denied = states((needs) => needs[0] == "required" && may(needs));
      const start: States = own ? own[2] : CONFIG.open ? now : denied;
      if (!own) {
        if (region) gtag("consent", "default", { ...denied, region });
        gtag("consent", "default", wait_for_update ? { ...start, wait_for_update } : start);
      }
      for (const name in CONFIG.set) gtag("set", name, CONFIG.set[name]);
      said = start;
    }
    for (const type in now) {
      if (now[type] != said[type]) {
        gtag("consent", "update", now);
        said = now;
        if (event) layer().push({ event });
        break;
      }
    }
  }),
);
