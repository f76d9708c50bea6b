/** Types of `window.consentry`, for the code of sites that use Consentry. */

/** Category identifiers with their state. `required` is always true. */
export type ConsentryGrants = Record<string, boolean>;

/** What `on` can listen to. Each is also a `CustomEvent` on `document`, named `consentry:ready` and so on. */
export type ConsentryEvent =
  /** The gate has applied the stored choice. Its `window.consentry` exists from then on. */
  | "ready"
  /** A choice was made or changed: here, in another tab, by a signal or by `set`. */
  | "change"
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
  /**
   * Calls `listener` at every event of this name, with the state of all categories. `ready` has passed when
   * `window.consentry` exists: its listener is called in the next task. Returns the function that stops it.
   */
  on(event: ConsentryEvent, listener: (grants: ConsentryGrants) => void): () => void;
}

declare global {
  interface Window {
    /** There once the gate has run. Before that, listen to `consentry:ready` on `document`. */
    consentry?: Consentry;
  }
  interface DocumentEventMap {
    "consentry:ready": CustomEvent<ConsentryGrants>;
    "consentry:change": CustomEvent<ConsentryGrants>;
    "consentry:open": CustomEvent<ConsentryGrants>;
  }
}
