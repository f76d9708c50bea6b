/** What the gate hands the banner: it shows and records, the gate decides, stores and activates. */
import { commit, watchers } from "./commit";
import { read } from "./cookie";
import { ask, grants, inForce } from "./decide";
import { base, payload } from "./page";
import { recorded } from "./send";
import { dnt, gpc } from "./signals";
import type { ActionLetter, GatePayload, SourceLetter } from "./wire";

/** The argument of the banner module's `start`, which resolves when `onopen` has been told. */
export interface Bridge {
  payload: GatePayload;
  /** Absolute URL of the edge's prefix, without a slash at the end. */
  base: string;
  /** The choice cookie's value, `null` when there is no valid one. */
  choice(): string | null;
  /** The DOM's signals, `gpc,dnt` in the words of a record. */
  signals(): string;
  /** Whether a signal is in force: header, DOM or seen earlier. */
  signalOn(): boolean;
  /** Categories granted now, as bits. */
  grants(): number;
  /** Whether the first layer is to be shown. */
  ask(): boolean;
  /** Applies and stores a decision, unrecorded; returns the cookie's value. `denied` are positions in the payload's services. */
  decide(action: ActionLetter, source: SourceLetter, grants: number, denied: number[] | Uint32Array): string;
  /** The log has acknowledged this record. */
  recorded(id: string): void;
  /** Called after any change of the choice, also from another tab or the site's own code. */
  onchange(fn: () => void): void;
  /** Called when the preferences are to be opened: also for what was asked before, once `start` has resolved. */
  onopen(fn: () => void): void;
  /** From now on clicks inside the root are the banner's. */
  hydrated(): void;
}

/** The banner's module. */
export interface BannerModule {
  start(bridge: Bridge): unknown;
}

/** The banner has taken over what happens inside the root. */
export let hydrated = false;

/** How it opens the preferences. */
export let opener: (() => void) | undefined;

/** Builds it. */
export const bridge = (): Bridge => ({
  payload,
  base,
  choice: () => read()?.join(".") || null,
  signals: () => `${gpc},${dnt}`,
  signalOn: () => !!inForce(),
  grants: () => grants,
  ask: () => !!ask,
  decide: (action, source, wanted, denied) => commit(action, source, wanted, (index) => denied.includes(index)),
  recorded,
  onchange: (fn) => watchers.push(fn),
  onopen: (fn) => (opener = fn),
  hydrated: () => (hydrated = true),
});
