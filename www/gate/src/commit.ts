/** A decision on its way: into a form the edge will accept as a record, into the cookie, onto the page and to the other tabs. */
import { hurry } from "./activate";
import { flagsOf, grantsOf, hex, refuses, write } from "./cookie";
import { choice, decide, inForce, valid } from "./decide";
import { RECORD } from "./fields";
import { guard } from "./guard";
import { show, tend } from "./layer";
import { expected } from "./loader";
import { everything, payload } from "./page";
import { post, recorded } from "./send";
import { EXPLICIT, OVERRIDE, REQUIRED, UNRECORDED, VERSION } from "./wire";
import type { ActionLetter, SourceLetter } from "./wire";

/** Who is told of every verdict, before it takes effect. */
export const listeners: ((open?: unknown) => void)[] = [];

let channel: BroadcastChannel | undefined;

/** Which services are refused by name. It counts where their category is granted. */
export type Refused = (index: number) => unknown;

/** What a choice of categories leaves as it is. */
export const stillRefused: Refused = (index) => refuses(valid, index);

/** Tells parts and banner. */
export const tell = (open?: unknown): void => {
  for (const listener of listeners) guard(listener)(open);
};

/** Brings the page in line with what is stored now: by us, or in another tab. */
export const apply = guard((): void => {
  decide();
  tell();
  // What takes the focus has the page laid out: once, with all that is new on it.
  tend();
  show();
});

/** Joins the other tabs of this site; throws where there is no site, in a sandboxed document. */
export const connect = (): void => {
  channel = new BroadcastChannel("consentry");
  // Not at once: the message may overtake the cookie, as browsers keep no order between processes.
  channel.onmessage = () => setTimeout(apply, 300);
};

/** Has them look at the cookie. */
export const share = guard(() => channel!.postMessage(0));

const random = () => {
  let digits = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) digits += hex(byte);
  return digits;
};

/** Decides; returns the cookie's value. Without an action, it is what the choice comes to: all, nothing, nothing any more, some. */
export const commit = (action: ActionLetter | "", source: SourceLetter, wanted: number, refused: Refused): string => {
  // Another tab may have decided since. What this supersedes was decided too, and is to be recorded.
  decide();
  post();
  let granted = (wanted & everything) | REQUIRED;
  let flags = inForce();
  if (flags && granted & payload.denied) {
    // Only where Consentry itself told the visitor of the signal can a choice go against it.
    if (/[bpf]/.test(source)) flags |= OVERRIDE;
    else granted &= ~payload.denied;
  }
  const bytes: number[] = [];
  payload.services.forEach(([, bit], index) => {
    bytes[index >> 3]! |= bit && (granted >> bit) & 1 && refused(index) ? 1 << (index & 7) : 0;
  });
  const services = bytes.map((byte) => hex(byte)).join("").replace(/(00)+$/, "");
  if (!/[gs]/.test(action)) {
    action =
      granted == REQUIRED ? (grantsOf(valid) > REQUIRED ? "w" : "r") : granted < everything || services ? "s" : "a";
  }
  const digits = random();
  const [, , , , , , , subject = random(), last = ""] = choice || [];
  const next = [
    VERSION,
    payload.fingerprint,
    hex(granted),
    hex(flags | UNRECORDED | (action == "g" ? flagsOf(choice) & EXPLICIT : EXPLICIT)),
    action,
    source,
    services,
    subject,
    // RFC 9562 §5.7: 48 bits of time, version 7, variant 10 and two zeros, else random.
    `${hex(Date.now(), 2 ** 48)}7${digits.slice(0, 3)}8${digits.slice(3, 18)}`,
    last,
  ];
  // A signal that cannot be remembered would be recorded anew by every page.
  if (write(next, action != "g") && action == "g") recorded(next[RECORD]);
  hurry();
  apply();
  share();
  if (!expected) post();
  return choice!.join(".");
};
