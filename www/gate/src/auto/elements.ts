/** Guards on the elements that scripts make: their addresses are held before anything is asked for. */
import { guard } from "../guard";
import { page } from "../part-tools";
import { hold, keptFor, letGo } from "./hold";
import { replace, replaceMethod } from "./replace";

/** Which attributes of which interfaces load something. */
const LOADING: [type: string, ...names: string[]][] = [
  ["HTMLScriptElement", "src"],
  ["HTMLIFrameElement", "src"],
  ["HTMLImageElement", "src", "srcset"],
  ["HTMLLinkElement", "href"],
  ["HTMLMediaElement", "src"],
  ["HTMLVideoElement", "poster"],
  ["HTMLSourceElement", "src", "srcset"],
  ["HTMLEmbedElement", "src"],
  ["HTMLObjectElement", "data"],
];

// A failure of ours lets the page go on as if we were not there.
const held = guard(hold);

/** Sets the guards; returns how to let go of what they hold. */
export const guardElements = (): (() => void) => {
  const { setAttribute } = page.Element.prototype;
  for (const [type, ...names] of LOADING) {
    const proto = page[type]?.prototype;
    for (const name of names)
      replace(proto, name, ({ get, set }) => ({
        get(this: HTMLElement) {
          const kept = keptFor(this, name);
          if (kept === undefined) return get!.call(this);
          return name == "srcset" ? String(kept) : guard(() => new URL(String(kept), document.baseURI).href)();
        },
        set(this: HTMLElement, value: unknown) {
          if (!held(this, name, value)) set!.call(this, value);
        },
      }));
    // On each of these alone: everybody else's stays as fast as it was.
    const define = (value: Function) => ({ value, writable: true, configurable: true });
    if (proto)
      guard(() =>
        Object.defineProperty(
          proto,
          "setAttribute",
          define(function (this: HTMLElement, name: string, value: unknown) {
            const known = names.includes(String(name).toLowerCase());
            if (!known || !held(this, String(name).toLowerCase(), value)) (proto.__proto__.setAttribute || setAttribute).call(this, name, value);
          }),
        ),
      )();
  }
  // Takes the address past the property; without one it is the property again.
  replaceMethod(page, "Audio", (audio) => {
    const made = function (...given: unknown[]) {
      const el = Reflect.construct(audio, [], new.target || made);
      if (given.length) el.src = given[0];
      return el;
    };
    made.prototype = audio.prototype;
    return made;
  });
  return () => letGo((el, name, value) => setAttribute.call(el, name, value));
};
