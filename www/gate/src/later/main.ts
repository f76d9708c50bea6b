/** What can come later: loaded when the browser is idle, by pages on which something is not granted, and at a withdrawal. */
import type { Bridge } from "../bridge";
import { afterPaint } from "../painted";
import { clear, endOnServer } from "./clear";
import { dress } from "./embeds";
import { fetchFacts } from "./facts";
import { offerReload } from "./reload";
import { retire } from "./retire";

/** Called once by the gate, with what was withdrawn if that is why. */
export const start = async (gate: Bridge, lost?: string[]): Promise<void> => {
  const facts = await fetchFacts(gate);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(facts.css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

  const all = gate.payload.services.map(([id]) => id);
  let running = all.filter(gate.has).concat(lost || []);
  let tidied: string | undefined;
  const tidy = async () => {
    retire(gate);
    dress(gate, facts);
    const now = all.filter(gate.has);
    const gone = running.some((id) => !now.includes(id));
    running = now;
    // Without a choice nobody has refused anything: what an earlier visit left may be allowed in a moment.
    if (!gate.choice() || tidied == now.join()) return;
    tidied = now.join();
    // A page of no origin has no stores, and asking Chromium for its databases would leave a rejected promise behind.
    if (globalThis.origin != "null") {
      await clear(gate, facts);
      await endOnServer(gate);
    }
    if (gone) offerReload(gate, facts);
  };
  // What is withdrawn in another tab ends here at once, also where nobody looks.
  gate.onchange((open) => open || (document.hidden ? tidy() : afterPaint(tidy)));
  new MutationObserver(() => dress(gate, facts)).observe(document, { childList: true, subtree: true });
  await tidy();
};
