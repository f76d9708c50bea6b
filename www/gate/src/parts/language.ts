/**
 * For sites in several languages: where the page is in one that the browser did not ask for, this very script again, in that one.
 * The address is plain text on purpose. Where Trusted Types refuse it this script stays: the policy's name is good for one of the
 * two only.
 */
import { writeAgain } from "../again";
import type { Gate } from "../part";

declare const GATE: Gate;
/** A regular expression for the languages in which another script would be better; whether nothing may run before that. */
declare const CONFIG: [better: string, auto: boolean];

const { base, payload, script } = GATE;
const { lang } = document.documentElement;
if (base && RegExp(CONFIG[0], "i").test(lang)) {
  const src = `${base}/${payload.site}.js?lang=${lang}`;
  if (!CONFIG[1] || !writeAgain(`${src}&mode=auto`)) {
    const el = document.createElement("script");
    el.nonce = script.nonce;
    el.src = CONFIG[1] ? `${src}&mode=auto` : src;
    script.replaceWith(el);
  }
  GATE.stop = 1;
}
