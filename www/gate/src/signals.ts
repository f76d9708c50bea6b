/** What the browser says of Global Privacy Control and Do Not Track; it fixes the answer when it loads the page. */
import { payload } from "./page";
import { DNT, GPC } from "./wire";
import type { ChoiceSubmission } from "./wire";

interface Signalling {
  globalPrivacyControl?: boolean | null;
  doNotTrack?: string | null;
}

const { globalPrivacyControl: control, doNotTrack: track } = navigator as Signalling;

/** What the DOM said, in the words of a record. */
export const gpc: ChoiceSubmission["gpc"] = control == null ? "absent" : control ? "on" : "off";
// Browsers that had it elsewhere, or said yes and no, are older than what this script is written in.
export const dnt: ChoiceSubmission["dnt"] = /^1/.test(track!) ? "on" : /^0/.test(track!) ? "allow" : "unset";

/** Which are on, in DOM or request headers, as flags of a choice. The header's bits are in the order of the flags. */
export const heard = (gpc == "on" ? GPC : 0) | (dnt == "on" ? DNT : 0) | (payload.header * GPC);
