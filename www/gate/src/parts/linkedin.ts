/** LinkedIn Insight Tag: it knows no consent, so what the site tells it (`lintrk`) goes nowhere while it is not granted. */
import { guard } from "../guard";
import { follow, page } from "../part-tools";
import type { Needs } from "../part-tools";

declare const CONFIG: { needs: Needs };

let allowed = false;
let real = page.lintrk;

// Not queued for later: what a visitor did before agreeing is not LinkedIn's to know afterwards.
const deaf = Object.assign(() => {}, { q: [] });

guard(() =>
  Object.defineProperty(page, "lintrk", {
    configurable: true,
    enumerable: true,
    get: () => (allowed ? real : deaf),
    set: (fn) => (real = fn),
  }),
)();

follow(CONFIG.needs, (granted) => (allowed = granted));
