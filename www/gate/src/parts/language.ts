/**
 * For sites in several languages: where the page is in one that the browser did not ask for, this very script again, in that one.
 * The address is plain text on purpose. Where Trusted Types refuse it this script stays: the policy's name is good for one of the
 * two only.
 */
import type { Gate } from "../part";

declare const GATE: Gate;
/** A regular expression for the languages in which another script would be better. */
declare const CONFIG: string;

const { base, payload, script } = GATE;
const { lang } = document.documentElement;
if (base && RegExp(CONFIG, "i").test(lang)) {
  const el = document.createElement("script");
  el.nonce = script.nonce;
  el.src = `${base}/${payload.site}.js?lang=${lang}`;
  script.replaceWith(el);
  GATE.stop = 1;
}
