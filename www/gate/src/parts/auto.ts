/**
 * Automatic mode: holds what loads from known services though nobody marked it. docs/automatic.md says what that cannot stop.
 * Everything is set up before this script ends, so it has to be the first one and the page has to wait for it.
 */
import { guardElements } from "../auto/elements";
import { warn } from "../auto/hold";
import { lookBack, observe } from "../auto/observe";
import { guardRequests } from "../auto/requests";
import { guardWrites } from "../auto/written";
import { guard } from "../guard";
import type { Gate } from "../part";

declare const GATE: Gate;

const { base, script } = GATE;
const doc = document;

guard(() => {
  const before = Array.from(doc.scripts).find((el) => el.src && (!base || !el.src.startsWith(base)));
  if (script.async || script.defer || doc.readyState != "loading")
    warn("the gate's tag must have neither async nor defer; what loaded before it was not held.");
  else if (before && before.compareDocumentPosition(script) & 4) warn(`the gate's tag must be the first script of the page; ${before.src} ran before it.`);
})();

observe();
guardWrites();
guardRequests();
const letGo = guardElements();

let first = 1;
GATE.onchange((open) => {
  if (open) return;
  if (first) lookBack();
  first = 0;
  // Once the page is in line with it: first come the elements that the gate knows.
  queueMicrotask(guard(letGo));
});
