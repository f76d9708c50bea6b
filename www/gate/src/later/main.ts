/** What can come later: loaded soon after the page, by pages on which something is not granted, and at a withdrawal. */
import type { Bridge } from "../bridge";
import { afterPaint } from "../painted";
import { clear, endOnServer } from "./clear";
import { dress, watch } from "./embeds";
import { fetchFacts } from "./facts";
import { offerReload } from "./reload";
import { renew } from "./renew";
import { retire } from "./retire";

/** Called by the gate until it succeeds, with what was withdrawn if that is why. */
export const start = async (gate: Bridge, lost?: string[]): Promise<void> => {
  // Needs to know nothing, so it does not wait: what was withdrawn is out of the page though the network is gone.
  retire(gate);
  renew(gate);
  const facts = await fetchFacts(gate);
  const all = gate.payload.services.map(([id]) => id);
  let running = all.filter(gate.has).concat(lost || []);
  let tidied: string | undefined;
  const tidy = async () => {
    retire(gate);
    dress(gate, facts);
    const now = all.filter(gate.has);
    const gone = running.some((id) => !now.includes(id));
    running = now;
    // Without a choice nobody has refused anything: what an earlier visit left may be allowed in a moment. A choice that was
    // forgotten ends what ran by it.
    if ((!gate.choice() && !gone) || tidied == now.join()) return;
    tidied = now.join();
    // A page of no origin has no stores, and asking Chromium for its databases would leave a rejected promise behind.
    const stores = globalThis.origin != "null";
    if (stores) await clear(gate, facts);
    if (gone) {
      // The answer to the record does the same. This one is waited for: a page that is loaded again must not send them once more.
      if (stores) await endOnServer(gate);
      offerReload(gate, facts);
    }
  };
  // What is withdrawn in another tab ends here at once, also where nobody looks.
  gate.onchange((open) => open || (document.hidden ? tidy() : afterPaint(tidy)));
  // Once a frame, and before it is painted: elements come in many pieces.
  let due = 0;
  const look = () => {
    due = 0;
    dress(gate, facts);
  };
  const soon = () => (due ||= requestAnimationFrame(look));
  new MutationObserver(soon).observe(document, { childList: true, subtree: true });
  watch(soon);
  await tidy();
};
