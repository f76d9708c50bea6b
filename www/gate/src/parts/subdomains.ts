/**
 * For sites whose subdomains share one choice: what was chosen on another of them is applied here as soon as the visitor looks at
 * this page again. Tabs of one origin tell each other; from another origin only the cookie comes.
 */
import type { Gate } from "../part";

declare const GATE: Gate;

const { choice, guard } = GATE;
let known: string | undefined;
GATE.onchange(() => (known = choice()));

// Heard by the gate of this page, too, as that listens on a channel object of its own.
const channel = new BroadcastChannel("consentry");
const look = guard(() => {
  if (!document.hidden && choice() != known) channel.postMessage(0);
});
document.addEventListener("visibilitychange", look);
// Two windows side by side are both visible.
window.addEventListener("focus", look);
