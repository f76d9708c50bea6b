/** Parts of the gate that only some sites need: the edge appends those that a site's policy asks for. */
import { bridge } from "./bridge";
import type { Bridge } from "./bridge";
import { guard } from "./guard";

/** What a part sees of the gate. `window.consentry` is there from the first call of what it hands to `tell`. */
export interface Gate extends Bridge {
  /** Set by a part that has taken over: the gate then leaves the page alone. */
  stop?: unknown;
}

// The edge's second parameter, each with what the policy says to it.
declare const PARTS: [part: (gate: Gate, config: unknown) => void, config: unknown][];

/** Runs them; true when the gate is to stop. A part that fails is one that is not there. */
export const begin = (): boolean => {
  const gate: Gate = bridge();
  return PARTS.some(([part, config]) => (guard(part)(gate, config), gate.stop));
};
