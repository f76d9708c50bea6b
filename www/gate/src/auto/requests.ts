/** Guards on what scripts send: to a held address it fails as it would without a network. It is not sent later. */
import { guard } from "../guard";
import { page } from "../part-tools";
import { heldOwner } from "./hold";
import { replaceMethod } from "./replace";

const held = guard(heldOwner);

/** Sets the guards. */
export const guardRequests = (): void => {
  replaceMethod(page.Navigator?.prototype, "sendBeacon", (send) =>
    function (this: Navigator, url: string, ...rest: unknown[]) {
      return !held(url) && send.call(this, url, ...rest);
    },
  );
  replaceMethod(page, "fetch", (fetch) =>
    function (this: unknown, input: Request | string, ...rest: unknown[]) {
      return held((input as Request)?.url ?? input) ? Promise.reject(new TypeError("Failed to fetch")) : fetch.call(page, input, ...rest);
    },
  );
  // Those that will fail, and whether their caller waits for them.
  const failing = new WeakMap<XMLHttpRequest, boolean>();
  const proto = page.XMLHttpRequest?.prototype;
  replaceMethod(proto, "open", (open) =>
    function (this: XMLHttpRequest, ...args: [string, string, ...unknown[]]) {
      if (failing.delete(this)) delete (this as { readyState?: number }).readyState;
      if (held(args[1])) failing.set(this, args[2] === false);
      return open.apply(this, args);
    },
  );
  replaceMethod(proto, "send", (send) =>
    function (this: XMLHttpRequest, ...args: unknown[]) {
      const waits = failing.get(this);
      if (waits === undefined) return send.apply(this, args);
      if (waits) throw new DOMException("Failed to load", "NetworkError");
      setTimeout(() => {
        if (!failing.has(this)) return;
        Object.defineProperty(this, "readyState", { value: 4, configurable: true });
        for (const name of ["readystatechange", "error", "loadend"]) this.dispatchEvent(new ProgressEvent(name));
      });
    },
  );
};
