/**
 * Where another answer suits this page better, this very script again: in the page's own language, which the browser did not ask
 * for, or with automatic mode, which `data-mode="auto"` on the tag asks for. The address is plain text on purpose: the Trusted Types
 * policy's name is good for one of the two scripts only, so where they are enforced this one stays.
 */
import type { Gate } from "../part";

declare const GATE: Gate;
/** A regular expression for the languages in which another script would be better, empty for none; and whether this is automatic mode. */
declare const CONFIG: [better: string, auto: boolean];

const { base, script } = GATE;
const { lang } = document.documentElement;
const [better, already] = CONFIG;
const other = better && RegExp(better, "i").test(lang);
const auto = already || script.dataset?.mode == "auto";
if (base && (other || (auto && !already))) {
  const url = new URL(script.src);
  if (other) url.searchParams.set("lang", lang);
  if (auto) url.searchParams.set("mode", "auto");
  const src = url.href;
  if (auto) {
    // While the parser waits, so that nothing of the page runs before it. What an asynchronous script writes is ignored.
    document.write(`<script src="${src}" nonce="${script.nonce}"></script>`);
    GATE.stop = (script.nextSibling as HTMLScriptElement)?.src == src;
  }
  if (!GATE.stop) {
    if (other) {
      const el = document.createElement("script");
      el.nonce = script.nonce;
      el.src = src;
      script.replaceWith(el);
      GATE.stop = 1;
    } else console.warn("Consentry: add ?mode=auto");
  }
}
