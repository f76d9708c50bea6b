/**
 * Types of `window.consentry`, for the code of sites that use Consentry. `www/gate/consentry.d.ts` is generated from
 * `www/gate/src/site.ts`, with which the gate is compiled: `cargo xtask types`.
 */

/** Category identifiers with their state. `required` is always true. */
export type ConsentryGrants = Record<string, boolean>;

/** What `on` can listen to. Each is also a `CustomEvent` on `document`, named `consentry:ready` and so on. */
export type ConsentryEvent =
  /** The gate has applied the stored choice. Its `window.consentry` exists from then on. */
  | "ready"
  /** A choice was made or changed, and the page is in line with it: here, in another tab, by a signal or by `set`. */
  | "change"
  /** Something may run that might not before. It is about to. */
  | "grant"
  /** Something may not run any more. What it stored is about to be cleared. */
  | "withdraw"
  /** The visitor (or the site) wants to see the preferences. */
  | "open";

/** The gate, as the site sees it. None of its functions ever throws. */
export interface Consentry {
  /** Every category with its state. */
  get(): ConsentryGrants;
  /** Whether this category or service may run now. False for a name the policy does not have. */
  get(categoryOrService: string): boolean;
  /**
   * Stores a choice on the visitor's behalf, for sites with an own form; categories not named keep their state. It is
   * recorded with the source `api`. A site cannot know that the visitor was told of a conflict, so what a privacy signal
   * denies stays denied.
   */
  set(categories: ConsentryGrants): void;
  /** Opens the preferences. */
  open(): void;
  /** Puts away what is open, without a choice: the next page asks again. */
  close(): void;
  /** Forgets the choice in this browser, and asks again. Records that were made of it stay in the log. */
  reset(): void;
  /**
   * Calls `listener` at every event of this name, with the state of all categories. `ready` has passed when
   * `window.consentry` exists: its listener is called in the next task. Returns the function that stops it.
   */
  on(event: ConsentryEvent, listener: (grants: ConsentryGrants) => void): () => void;
  /** The same, for the next such event only. */
  once(event: ConsentryEvent, listener: (grants: ConsentryGrants) => void): () => void;
  /** Resolves as soon as this category or service may run: at once if it may already, never if it never does. */
  whenGranted(categoryOrService: string): Promise<void>;
}

declare global {
  interface Window {
    /** There once the gate has run. Before that, listen to `consentry:ready` on `document`. */
    consentry?: Consentry;
  }
  interface DocumentEventMap {
    "consentry:ready": CustomEvent<ConsentryGrants>;
    "consentry:change": CustomEvent<ConsentryGrants>;
    /** Identifiers of the categories and services that may run now. */
    "consentry:grant": CustomEvent<string[]>;
    /** Identifiers of the categories and services that may not run any more. */
    "consentry:withdraw": CustomEvent<string[]>;
    "consentry:open": CustomEvent<ConsentryGrants>;
  }
}
