/** The page this gate guards. A gate is made once per page, so what it knows of it is simply here. */
import { COOKIE } from "./wire";
import type { GatePayload } from "./wire";

// The edge wraps the whole script in a function with this parameter.
declare const PAYLOAD: GatePayload;

export const payload = PAYLOAD;
export const doc = document;

/** The element this very script came in; an empty object where it is none of the page's. */
export const script = (doc.currentScript || {}) as HTMLScriptElement;

/** The nonce this very script was admitted with. */
export const nonce = script.nonce;
/** Absolute URL of the edge's prefix, without a slash at the end. */
export const base = script.src && new URL(".", script.src).href.slice(0, -1);

/** Every category of the policy. */
export const everything = (1 << payload.categories.length) - 1;

// Plain HTTP is a developer's own machine: WebKit refuses prefixed names there.
const secure = location.protocol == "https:";
const [prefix, tail] = payload.cookie;

/** What the choice cookie starts with on this host. */
export const cookieName = `${secure ? prefix : ""}${COOKIE}=`;
/** What it ends with when written. */
export const cookieTail = tail + (secure ? ";secure" : "");
