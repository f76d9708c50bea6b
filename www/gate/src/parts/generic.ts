/** Anything else: hands the state of all categories to a function, an array or a global that the policy names. */
import { guard } from "../guard";
import type { Gate } from "../part";
import { may, page, state } from "../part-tools";
import type { Needs } from "../part-tools";

declare const GATE: Gate;
declare const CONFIG: {
  how: "call" | "push" | "set";
  /** Names below `window`. */
  path: string[];
  /** A first argument, or the `event` of what is pushed. */
  name?: string;
  /** Nothing is said before this was granted; from then on everything is, withdrawal too. */
  needs?: Needs;
}[];

for (const { how, path, name, needs } of CONFIG) {
  let said: string | undefined;
  let wanted: unknown;
  const last = path[path.length - 1]!;

  const say = guard(() => {
    const grants = state();
    const now = JSON.stringify(grants);
    wanted = said != now && (said || !needs || may(needs));
    if (wanted) {
      let owner = page;
      for (const step of path.slice(0, -1)) owner = owner[step];
      if (how == "push") owner[last] = owner[last] || [];
      if (how == "set" ? owner : owner[last]) {
        // Before the call: what throws once is not called again and again.
        said = now;
        wanted = 0;
        if (how == "set") owner[last] = grants;
        else if (how == "push") owner[last].push(name ? { event: name, consent: grants } : grants);
        else if (name) owner[last](name, grants);
        else owner[last](grants);
      }
    }
  });

  // What is to be called may come with a script that is on its way.
  document.addEventListener("load", () => wanted && say(), true);
  GATE.onchange(say);
}
