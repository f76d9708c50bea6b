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

/** What a script writes is put in when it has ended: a tag may come in several pieces. */
const collect = (script: Released) => {
  let text = "";
  script.written = GATE.guard((more) => {
    if (more != null) return (text += more);
    const range = doc.createRange();
    // In its own surroundings: rows that are written into a table stay rows.
    range.selectNode(script);
    // Unlike those in `innerHTML`, scripts of such a fragment run; and may write in their turn.
    const html = range.createContextualFragment(GATE.trust().createHTML(text));
    const scripts = html.querySelectorAll<Released>("script");
    text = "";
    for (const el of scripts) GATE.holdUp((el.released = el));
    script.after(html);
    for (const el of scripts) el.written?.();
  }) as Released["written"];
  // One that is loaded ends with its task; after an inline one the gate itself asks for it.
  queueMicrotask(script.written as () => void);
};

doc.write = doc.writeln = (...parts) => {
  let script = doc.currentScript as Released | null | undefined | false;
  // What an inline script writes that another one has put in would replace the page. The parser's own are not asynchronous.
  script = script && (script.released || (script.async && !script.src && script)) as Released | false;
  if (!script) return write.apply(doc, parts);
  if (!script.written) collect(script);
  script.written!(parts.join(""));
};

/** The script that runs now, if the gate let it and it comes too late for this event. Modules and what runs later are nobody's. */
const late = (type: string) =>
  (performance.timing as any)[type.replace("DOM", "dom") + "EventStart"] && (doc.currentScript as Released | null)?.released;

for (const target of [doc, window]) {
  target.addEventListener = (name: string, listener: any, options?: any) => {
    // `load` comes to a document from what is in it.
    if ((name == "DOMContentLoaded" || (target == window && name == "load")) && late(name))
      setTimeout(() => (listener?.call ? listener.call(target, new Event(name)) : listener?.handleEvent(new Event(name))));
    // As it is now: who watches over listeners replaces it for everybody.
    else EventTarget.prototype.addEventListener.call(target, name, listener, options);
  };
}

// The page's own handler has been called, so whoever comes late neither sees nor replaces it.
const { set, get } = Object.getOwnPropertyDescriptor(window, "onload") as any;
Object.defineProperty(window, "onload", {
  get: () => (late("load") ? null : get.call(window)),
  set: (listener) => (late("load") ? addEventListener("load", listener) : set.call(window, listener)),
});
