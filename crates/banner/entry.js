/** The banner's module as the gate imports it: its code lies beside it under the same name. */
import init, { start as run } from "./index.js";

/** Fetches and starts the banner. Rejects where WebAssembly is forbidden; the gate then does without. */
export async function start(bridge) {
  await init({ module_or_path: import.meta.url.replace(/\.js$/, ".wasm") });
  run(bridge);
}
