/**
 * `document.write` of a released script. Such a script is not the parser's any more: what it writes would be ignored, or replace
 * the whole page. It goes where the script is.
 */
import { doc } from "./page";
import { trust } from "./trust";

/** A script of ours. */
export type Released = HTMLScriptElement & { released?: unknown };

/** Catches what released scripts write. */
export const catchWrites = (): void => {
  const { write } = doc;
  let text = "";
  doc.write = doc.writeln = (...parts) => {
    const script = doc.currentScript as Released | null;
    if (!script?.released) return write.apply(doc, parts);
    // A tag may come in several pieces, so what a script writes is put in when it has ended.
    if (!text)
      queueMicrotask(() => {
        // Unlike those in `innerHTML`, scripts of such a fragment run.
        script.after(doc.createRange().createContextualFragment(trust().createHTML(text)));
        text = "";
      });
    text += parts.join("");
  };
};
