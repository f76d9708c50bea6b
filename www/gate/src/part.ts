/** What the gate lends its parts: `parts/NAME.ts`, each bundled alone and sent only to sites whose policy asks for it. */
import type { GatePayload } from "./wire";

/**
 * The free identifier `GATE` of a part. Parts run before the stored choice is applied, so before anything that is granted; what a
 * part wants to know of the choice it learns in what it gives to `tell`.
 */
export interface Gate {
  payload: GatePayload;
  /** Absolute URL of the edge's prefix, without a slash at the end. */
  base: string;
  /** The nonce the gate was admitted with. */
  nonce: string | undefined;
  /** Whether a category may run now; false for one the policy does not have. */
  category(id: string): boolean;
  /** Whether a service may run now: its category may, and the visitor has not refused it by name. */
  service(id: string): boolean;
  /** Every category with its state; a new object each time. */
  grants(): Record<string, boolean>;
  /**
   * Calls `fn` once at the start and then after every decision, in the same task and before anything the decision grants is let
   * run.
   */
  tell(fn: () => void): void;
}
