/**
 * Makes scripts that are let run late find what they expect of a page that is still loading. Every site has this part.
 *
 * Such a script is not the parser's any more. What it writes would be ignored, or replace the whole page: it goes where the
 * script is. And the events it waits for are over: it is told of them all the same.
 */
import { guard } from "../guard";
import type { Gate } from "../part";
import type { Released } from "../released";

declare const GATE: Gate;

const doc = document;
const { write } = doc;

/** The script that runs now, if the gate let it. Modules and what runs later are nobody's. */
const current = (): Released | null => {
  const script = doc.currentScript as Released | null;
  return script && script.released ? script : null;
};

let text = "";
doc.write = doc.writeln = (...parts) => {
  const script = current();
  if (!script) return write.apply(doc, parts);
  // A tag may come in several pieces, so what a script writes is put in when it has ended.
  if (!text)
    queueMicrotask(
      guard(() => {
        const html = GATE.trust().createHTML(text);
        text = "";
        // Unlike those in `innerHTML`, scripts of such a fragment run.
        script.after(doc.createRange().createContextualFragment(html));
      }),
    );
  text += parts.join("");
};

const replay = (target: Document | Window, type: string, over: "domContentLoadedEventStart" | "loadEventStart") => {
  const { addEventListener } = target;
  target.addEventListener = function (this: any, name: string, listener: any) {
    if (name == type && performance.timing[over] && current())
      setTimeout(() => (listener.handleEvent ? listener.handleEvent(new Event(type)) : listener.call(target, new Event(type))));
    else addEventListener.apply(this, arguments as any);
  };
};
replay(doc, "DOMContentLoaded", "domContentLoadedEventStart");
replay(window, "DOMContentLoaded", "domContentLoadedEventStart");
replay(window, "load", "loadEventStart");
