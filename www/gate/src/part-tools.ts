/** What the adapters among the parts share: who needs what, and how to be heard by a vendor that has not loaded yet. */
import { guard } from "./guard";
import type { Gate } from "./part";

declare const GATE: Gate;

/** What must be granted: a category, and each of these services. Written by `integrations.rs`. */
export type Needs = [category: string, ...services: string[]];

/** The page's globals. Vendors replace theirs when they load, so each is looked up when it is used. */
export const page = window as unknown as Record<string, any>;

/** Every category with its state; a new object each time. */
export const state = (): Record<string, boolean> => {
  const all: Record<string, boolean> = {};
  for (const id of GATE.payload.categories) all[id] = GATE.has(id);
  return all;
};

/** Whether all of it is granted now. */
export const may = ([category, ...services]: Needs): boolean => GATE.has(category) && services.every((id) => GATE.has(id));

/** Calls `say` with the state at the start and whenever it has changed. What a vendor failed to hear is said again next time. */
export const follow = (needs: Needs, say: (granted: boolean, first: boolean) => void): void => {
  let said: boolean | undefined;
  GATE.onchange(
    guard(() => {
      const granted = may(needs);
      if (granted !== said) {
        say(granted, said === undefined);
        said = granted;
      }
    }),
  );
};

/**
 * Makes a call that a vendor's stub would only put at the end of its queue, and moves it to the front, in place of earlier ones of
 * these names: what was queued before the gate came must find the visitor's answer before it.
 */
export const ahead = (queue: any[] | undefined, names: RegExp, call: () => void): void => {
  const before = queue && queue.length;
  call();
  if (queue && queue.length > before!) {
    const last = queue.pop();
    for (let at = queue.length; at--; ) if (names.test((queue[at] || "")[0])) queue.splice(at, 1);
    queue.unshift(last);
  }
};
