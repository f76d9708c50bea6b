/** Imported before a module of the gate that is tested by itself: the globals it looks at when it is loaded. */
import { FakeDocument } from "./dom";
import { PAYLOAD } from "./world";

Object.assign(globalThis, { PAYLOAD, document: new FakeDocument(), location: { protocol: "https:" } });
