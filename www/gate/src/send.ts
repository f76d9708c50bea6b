/** Sends a choice as it is, for the edge to make a record of: text/plain, so that no preflight delays or breaks it. */
import { flagsOf, hex, read, write } from "./cookie";
import { FINGERPRINT, FLAGS, RECORD } from "./fields";
import { guard } from "./guard";
import { base, payload } from "./page";
import { dnt, gpc } from "./signals";
import { UNRECORDED } from "./wire";
import type { ChoiceSubmission } from "./wire";

// The record last handed to the network.
let sent: string | undefined;

/** The log has acknowledged this record. */
export const recorded = (id: string | undefined): void => {
  const choice = read();
  if (choice && choice[RECORD] == id) {
    choice[FLAGS] = hex(flagsOf(choice) & ~UNRECORDED);
    write(choice);
  }
};

/**
 * Sends what is unrecorded, unless it is on its way, even while the page is going away. Without an answer it stays marked, and
 * the page's end or the next page tries again.
 */
export const post = guard((): void => {
  const choice = read();
  // Under another policy the bits would be read wrongly: such a choice is asked for anew and recorded then.
  if (choice && flagsOf(choice) & UNRECORDED && choice[FINGERPRINT] == payload.fingerprint && sent != choice[RECORD]) {
    const id = (sent = choice[RECORD]);
    const body: ChoiceSubmission = { choice: choice.join("."), gpc, dnt, policy: payload.policy, language: payload.language };
    fetch(`${base}/v1/sites/${payload.site}/records`, { method: "POST", body: JSON.stringify(body), keepalive: true }).then(
      (answer) => answer.ok && recorded(id),
      () => (sent = ""),
    );
  }
});
