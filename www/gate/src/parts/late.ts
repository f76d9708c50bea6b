/**
 * Makes scripts that are let run late find what they expect of a page that is still loading. Every site has this part.
 *
 * Such a script is not the parser's any more. What it writes would be ignored, or replace the whole page: it goes where the
 * script is. And the events it waits for are over: it is told of them all the same.
 */
import type { Gate } from "../part";
import type { Released } from "../released";

declare const GATE: Gate;

const { write } = document;
const doc = document;

/** The script that runs now, if the gate let it. Modules and what runs later are nobody's. */
const current = () => (doc.currentScript as Released | null)?.released;

doc.write = doc.writeln = (...parts) => {
  let script = doc.currentScript as Released | null | undefined | false;
  // What an inline script writes that another one has put in would replace the page. The parser's own are not asynchronous.
  script = script && (script.released || (script.async && !script.src && script));
  if (!script) return write.apply(doc, parts);
  // A tag may come in several pieces, so what a script writes is put in when it has ended.
  if (!script.written) {
    script.written = [];
    queueMicrotask(
      GATE.guard(() => {
        // Unlike those in `innerHTML`, scripts of such a fragment run; and may write in their turn.
        const html = doc.createRange().createContextualFragment(GATE.trust().createHTML(script.written!.join("")));
        for (const el of html.querySelectorAll<Released>("script")) el.released = el;
        script.after(html);
      }),
    );
  }
  script.written.push(parts.join(""));
};

/** The script that runs now, if it comes too late for this event. */
const late = (type: string) => (performance.timing as any)[type.replace("DOM", "dom") + "EventStart"] && current();

const replay = (target: Document | Window, type: string) => {
  const { addEventListener } = target;
  target.addEventListener = (name: string, listener: any, options?: any) => {
    if (name == type && late(type))
      setTimeout(() => (listener?.call ? listener.call(target, new Event(type)) : listener?.handleEvent(new Event(type))));
    else addEventListener.call(target, name, listener, options);
  };
};
replay(doc, "DOMContentLoaded");
replay(window, "DOMContentLoaded");
replay(window, "load");

// The page's own handler has been called, so whoever comes late neither sees nor replaces it.
const { set, get } = Object.getOwnPropertyDescriptor(window, "onload") as any;
Object.defineProperty(window, "onload", {
  get: () => (late("load") ? null : get.call(window)),
  set: (listener) => (late("load") ? addEventListener("load", listener) : set.call(window, listener)),
});
