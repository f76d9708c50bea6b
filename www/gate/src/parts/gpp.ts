/**
 * The `__gpp` API of IAB's Global Privacy Platform (CMP API 1.1), for the section `usnat`. Every string comes from the edge, made by
 * `crates/gpp`; what is done here is to pick one, and to tell of it.
 */
import { guard } from "../guard";
import type { Gate } from "../part";
import { HEADER_GPC } from "../wire";

declare const GATE: Gate;
/** See `Config` in `crates/gpp/src/config.rs`. */
declare const CONFIG: {
  category: string;
  cmp: number;
  prefix: string;
  section: number;
  applicable: number;
  strings: string[];
  core: Segment[];
  gpc: Segment[];
};

type Segment = Record<string, number | boolean | number[]>;
type Callback = (data: unknown, success: boolean) => void;
interface Listener {
  id: number;
  callback: Callback;
}

const page = window as any;
const { prefix, applicable } = CONFIG;
const inForce = applicable > 0;
const gpc = +!!(GATE.payload.header & HEADER_GPC || (navigator as any).globalPrivacyControl);

let granted = 0;
let cmpStatus = "loading";
let cmpDisplayStatus = "hidden";
let signalStatus = "not ready";
let root: Element | null = null;
let listeners: Listener[] = [];
let last = 0;
const queue: unknown[][] = [];

/** What fails in a callback is the page's to see, but neither ours nor the next listener's to suffer from. */
const call = (callback: unknown, data: unknown, success: boolean) => {
  try {
    if (typeof callback == "function") callback(data, success);
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
};

// A new one for everybody who asks: what a page does to it is seen by nobody else.
const section = () =>
  inForce
    ? [CONFIG.core[granted]!, CONFIG.gpc[gpc]!].map((segment) => {
        const copy: Segment = {};
        for (const [name, value] of Object.entries(segment)) copy[name] = Array.isArray(value) ? [...value] : value;
        return copy;
      })
    : [];

const ping = () => ({
  gppVersion: "1.1",
  cmpStatus,
  cmpDisplayStatus,
  signalStatus,
  supportedAPIs: [`${CONFIG.section}:${prefix}`],
  cmpId: CONFIG.cmp,
  sectionList: inForce ? [applicable] : [],
  applicableSections: [applicable],
  gppString: CONFIG.strings[granted + 2 * gpc],
  parsedSections: inForce ? { [prefix]: section() } : {},
});

const event = (eventName: string, data: unknown, listenerId: number) => ({ eventName, listenerId, data, pingData: ping() });

const fire = (name: string, data: unknown) => {
  for (const { id, callback } of [...listeners]) call(callback, event(name, data, id), true);
};

const signal = (status: string) => {
  if (status != signalStatus) fire("signalStatus", (signalStatus = status));
};

const display = (status: string) => {
  if (status != cmpDisplayStatus) fire("cmpDisplayStatus", (cmpDisplayStatus = status));
};

const api = (command?: unknown, callback?: unknown, parameter?: unknown) => {
  const answer = (data: unknown, success = true) => call(callback, data, success);
  const isOurs = inForce && parameter === prefix;
  switch (command) {
    case "ping":
      return answer(ping());
    case "addEventListener":
      if (typeof callback == "function") {
        listeners.push({ id: ++last, callback: callback as Callback });
        answer(event("listenerRegistered", true, last));
      }
      return;
    case "removeEventListener": {
      const others = listeners.filter(({ id }) => id !== parameter);
      const found = others.length < listeners.length;
      listeners = others;
      return answer(found);
    }
    case "hasSection":
      return answer(isOurs);
    case "getSection":
      return answer(isOurs ? section() : null, isOurs);
    case "getField":
      for (const segment of section())
        for (const [name, value] of Object.entries(segment)) if (`${prefix}.${name}` === parameter) return answer(value);
  }
  answer(null, false);
};

/** From frames, which find us by the name of a frame beside them. */
const hear = guard(({ data, source }: MessageEvent) => {
  const isText = typeof data == "string";
  if (isText && !data.includes("__gppCall")) return;
  const { command, parameter, callId } = (isText ? JSON.parse(data) : data).__gppCall;
  const reply = guard((returnValue: unknown, success: boolean) => {
    const message = { __gppReturn: { returnValue, success, callId } };
    // To whoever is there: a frame of `srcdoc` or in a sandbox has no origin to name, and any script here may read this.
    (source as Window).postMessage(isText ? JSON.stringify(message) : message, "*");
  });
  api(command, reply, parameter);
});

/** What the visitor sees of Consentry. While the preferences are open, the answer may be about to change. */
const look = () => {
  const open = root!.querySelector("dialog[open]");
  if (open) signal("not ready");
  display(open || root!.querySelector("[data-consentry-part=layer]:not([hidden])") ? "visible" : "hidden");
  if (!open) signal("ready");
};

/** What needs a body. */
const settle: () => unknown = guard(() => {
  const { body } = document;
  if (!body) return setTimeout(settle, 10);
  if (!page.frames.__gppLocator) {
    const frame = document.createElement("iframe");
    frame.style.display = "none";
    frame.name = "__gppLocator";
    body.append(frame);
  }
  root = document.getElementById("consentry");
  if (root) {
    new MutationObserver(look).observe(root, { subtree: true, childList: true, attributeFilter: ["hidden", "open"] });
    look();
  }
  return;
});

/** A decision, or the start. */
const follow = () => {
  const now = +GATE.has(CONFIG.category);
  if (cmpStatus == "loading") {
    granted = now;
    fire("cmpStatus", (cmpStatus = "loaded"));
    signal("ready");
    for (const [command, callback, parameter] of queue) api(command, callback, parameter);
  } else if (inForce && now != granted) {
    const isOpen = root?.querySelector("dialog[open]");
    signal("not ready");
    granted = now;
    // The first layer goes with any decision; the preferences, only when they are closed.
    if (!isOpen) display("hidden");
    fire("sectionChange", prefix);
    if (!isOpen) signal("ready");
  }
};

// A stub has answered so far: what it was told goes on here, under the numbers it gave.
guard(() => {
  const stub = page.__gpp;
  last = +stub.lastId || 0;
  for (const { id, callback } of stub.events || []) listeners.push({ id, callback });
  for (const [...args] of stub.queue || stub()) queue.push(args);
})();

guard(() => {
  page.__gpp = api;
  // A stub that listens for messages calls whatever has the name, hence us.
  if (!page.__gpp_msghandler) page.addEventListener("message", hear);
  setTimeout(settle);
  GATE.onchange(guard(follow));
})();
