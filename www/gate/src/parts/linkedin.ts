/** LinkedIn Insight Tag: it knows no consent, so what the site tells it (`lintrk`) goes nowhere while it is not granted. */
import { guard } from "../guard";
import { follow, page } from "../part-tools";
import type { Needs } from "../part-tools";

declare const CONFIG: { needs: Needs };

let allowed = false;
let real = page.lintrk;

// What the tag's own snippet would put there, except that what a visitor did before agreeing is not kept for afterwards.
const stub = Object.assign((...call: unknown[]) => void (allowed && stub.q.push(call)), { q: [] as unknown[] });

guard(() =>
  Object.defineProperty(page, "lintrk", {
    configurable: true,
    enumerable: true,
    get: () => (allowed && real) || stub,
    set: (fn) => (real = fn),
  }),
)();

follow(CONFIG.needs, (granted) => {
  allowed = granted;
  // What still waits for the tag's program would reach it after the withdrawal.
  if (!granted) stub.q.length = 0;
});
