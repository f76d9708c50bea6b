/** What the gate hands the banner and its parts: they show and tell, the gate decides, stores and activates. */
import { holdUp, release } from "./activate";
import { apply, commit, listeners, share, stillRefused } from "./commit";
import { forget, read } from "./cookie";
import { ask, category, grants, inForce, service } from "./decide";
import { guard } from "./guard";
import { open, startLater } from "./loader";
import { base, payload, script } from "./page";
import { recorded } from "./send";
import { dnt, gpc } from "./signals";
import { trust } from "./trust";
import type { ActionLetter, GatePayload, SourceLetter } from "./wire";

/** The gate, as its own code sees it. It is the argument of the banner module's `start`, which resolves when `onopen` has been told. */
export interface Bridge {
  payload: GatePayload;
  /** Absolute URL of the edge's prefix, without a slash at the end. */
  base: string;
  /** The choice cookie's value, if there is a valid one. */
  choice(): string | undefined;
  /** The DOM's signals, `gpc,dnt` in the words of a record. */
  signals(): string;
  /** Whether a signal is in force: header, DOM or seen earlier. */
  signalOn(): boolean;
  /** Categories granted now, as bits. */
  grants(): number;
  /** Whether the first layer is to be shown. */
  ask(): boolean;
  /**
   * Applies and stores a decision, unrecorded; returns the cookie's value. Without an action, it is what the choice comes to.
   * `denied` are positions in the payload's services; without them, those refused so far.
   */
  decide(action: ActionLetter | "", source: SourceLetter, grants: number, denied?: number[] | Uint32Array): string;
  /** The log has acknowledged this record. */
  recorded(id: string): void;
  /** Called when the preferences are to be opened: also for what was asked before, once `start` has resolved. */
  onopen(fn: () => void): void;
  /** From now on clicks inside the root are the banner's. */
  hydrated(): void;
  /**
   * Called after every verdict, from the first one on, before what it grants is let run: also for a change from another tab or
   * the site's own code. Called with something true when the preferences are about to be opened, instead.
   */
  onchange(fn: (open?: unknown) => void): void;
  /** Whether this category or service may run now. */
  has(id: string): boolean;
  /** Opens the preferences. */
  open(): void;
  /** Brings in what comes later, to clear up after these services. */
  later(lost: string[]): void;
  /** Forgets the choice, and asks again. */
  reset(): void;
  /** Lets a marked element run, whatever was decided. */
  release(el: HTMLElement): void;
  /** Has what comes after this script wait for it. */
  holdUp(el: HTMLScriptElement): void;
  /** The element the gate came in; an empty object where it is none of the page's. */
  script: HTMLScriptElement;
  /** What turns text into what the page's sinks accept. */
  trust: typeof trust;
  /** Keeps a failure from the page; here, so that the parts of every site need not bring it with them. */
  guard: typeof guard;
}

/** The banner's module. */
export interface BannerModule {
  start(bridge: Bridge, lost?: string[]): unknown;
}

/** The banner has taken over what happens inside the root. */
export let hydrated = false;

/** How it opens the preferences. */
export let opener: (() => void) | undefined;

/** Builds it. */
export const bridge = (): Bridge => ({
  payload,
  base,
  choice: () => read()?.join("."),
  signals: () => `${gpc},${dnt}`,
  signalOn: () => !!inForce(),
  grants: () => grants,
  ask: () => !!ask,
  decide: (action, source, wanted, denied) => commit(action, source, wanted, denied ? (index) => denied.includes(index) : stillRefused),
  recorded,
  onopen: (fn) => (opener = fn),
  hydrated: () => (hydrated = true),
  onchange: (fn) => listeners.push(fn),
  has: (id) => category(id) || service(id),
  later: startLater,
  open,
  reset: () => {
    forget();
    apply();
    share();
  },
  release,
  holdUp,
  script,
  trust,
  guard,
});
