/** `data-mode="auto"` on the tag, where neither the policy nor the address says so: this very script again, with that part. */
import { writeAgain } from "../again";
import type { Gate } from "../part";

declare const GATE: Gate;

const { dataset, src } = GATE.script;
if (dataset?.mode == "auto" && !(GATE.stop = writeAgain(src + (/\?/.test(src) ? "&" : "?") + "mode=auto"))) console.warn("Consentry: add ?mode=auto");
