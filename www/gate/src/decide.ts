/** What follows from the choice, the signals and the time: the rows are the core's, only the row is picked here. */
import { flagsOf, grantsOf, number, read, refuses } from "./cookie";
import type { Choice, None } from "./cookie";
import { FINGERPRINT, RECORD, SERVICES } from "./fields";
import { payload } from "./page";
import { heard } from "./signals";
import { DAY, DNT, EXPLICIT, GPC, OVERRIDE, REQUIRED, TOLERATED_AHEAD } from "./wire";

/** The stored choice this verdict is about. */
export let choice: Choice | None;
/** The same, if it still counts as it was made. */
export let valid: Choice | None;
/** The granted categories, as bits. */
export let grants: number;
/** Whether to show the first layer. */
export let ask: number;
/** Signals that the stored choice has not heard of. */
export let news: number;
/** Whether a signal is in force and not overridden. */
export let honoured: boolean;

/** Signals in force: heard now, or seen earlier for this visitor. */
export const inForce = (): number => heard | (flagsOf(choice) & (GPC | DNT));

/** Mirrors `decide` of the core; the same vectors drive both. */
export const decide = (): void => {
  choice = read();
  // The order of `Standing` in the core, hence of the rows: none, valid, outdated, cooling.
  let standing = 0;
  if (choice && flagsOf(choice) & EXPLICIT) {
    const age = Date.now() - number(choice[RECORD]!.slice(0, 12));
    const within = (days: number) => age >= -TOLERATED_AHEAD && age < days * DAY;
    standing =
      choice[FINGERPRINT] == payload.fingerprint && within(payload.choice_days)
        ? 1
        : grantsOf(choice) == REQUIRED && within(payload.cooldown_days)
          ? 3
          : 2;
  }
  valid = standing == 1 ? choice : null;
  news = heard & ~flagsOf(choice);
  // An override speaks of the signals it was told of, not of those that came after it.
  honoured = !!(news || (inForce() && !(flagsOf(valid) & OVERRIDE)));
  const [keep, add, asks] = payload.table[standing * 2 + +honoured]!;
  // Services refused under a policy that is gone can no longer be told apart, so their categories are not kept either.
  grants = (standing == 2 && choice![SERVICES] ? 0 : grantsOf(choice) & keep) | add;
  // To be asked again for a change (2) takes a change: time alone may have passed.
  ask = asks && choice && choice[FINGERPRINT] == payload.fingerprint ? 1 : asks;
};

/** Whether a category may run; false for one the policy does not have. */
export const category = (id: string | undefined): boolean => payload.categories.some((name, bit) => name == id && (grants >> bit) & 1);

/** Whether a service may run: its category may, and no valid choice refuses it by name. What is required cannot be refused. */
export const service = (id: string): boolean =>
  payload.services.some(([name, bit], index) => name == id && (grants >> bit) & 1 && !(bit && refuses(valid, index)));
