/** What can come later: loaded when the browser is idle, by pages on which something is not granted. */
import type { Bridge } from "../bridge";

/** Called once by the gate. */
export const start = (_gate: Bridge): void => {};
