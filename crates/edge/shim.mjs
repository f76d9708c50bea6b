/**
 * What the Workers runtime calls: hands every event to the Rust program and starts that over after it has trapped.
 *
 * A trap (a Rust panic, out of memory) leaves WebAssembly memory in an unknown state. The next event then gets fresh
 * memory, and every Durable Object instance is built again on it. What an object had only in memory is gone; whatever was
 * acknowledged is in its storage.
 */
import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import * as program from "./index.js";

/** `criticalError` is set by the program's panic hook too; `instanceId` grows at every start. */
const life = program.__worker_init_state();

function startOverIfNeeded() {
  if (!life.criticalError) return;
  program.__wbg_reset_state();
  life.criticalError = false;
  life.instanceId++;
}

/** How to fail each call that is waiting for the program. */
const waiting = new Set();

/** A trap, or an exception that the generated glue found passing through Rust frames, which leaves them as a trap does. */
const isTrap = (error) => error instanceof WebAssembly.RuntimeError || error?.message === "Critical error";

/**
 * After a trap nobody will settle the promises the program has given out: the calls behind them fail now instead of
 * hanging, and whoever made them may try again.
 */
function noticeTrap(error) {
  if (!isTrap(error)) return;
  life.criticalError = true;
  for (const fail of waiting) fail(error);
  waiting.clear();
}

// A trap inside a promise job belongs to no call of ours and only shows up here.
addEventListener("error", (event) => {
  console.error("trapped", event.error?.stack, event.error?.cause);
  noticeTrap(event.error);
});

/** Runs a call; settles as it does, or fails when the program traps meanwhile. By hand: a race would cost three promises more. */
function guarded(call) {
  startOverIfNeeded();
  return new Promise((resolve, reject) => {
    waiting.add(reject);
    const fail = (error) => {
      waiting.delete(reject);
      noticeTrap(error);
      reject(error);
    };
    try {
      call().then((value) => {
        waiting.delete(reject);
        resolve(value);
      }, fail);
    } catch (error) {
      fail(error);
    }
  });
}

export default class extends WorkerEntrypoint {
  fetch(request) {
    return guarded(() => program.fetch.call(this, request, this.env, this.ctx));
  }
}

export class SiteObject extends DurableObject {
  #object;
  #builtIn;

  constructor(state, env) {
    super(state, env);
    startOverIfNeeded();
    this.#current();
  }

  /** The Rust object, built again when the memory it lived in is gone. */
  #current() {
    if (this.#builtIn !== life.instanceId) {
      this.#object = new program.SiteObject(this.ctx, this.env);
      this.#builtIn = life.instanceId;
    }
    return this.#object;
  }

  /** The one method the Worker calls: a call in JSON, answered in JSON. */
  call(text) {
    return guarded(() => this.#current().call(text));
  }

  /** Retention, and the commitment to the other parts of the log. */
  alarm() {
    return guarded(() => this.#current().alarm());
  }
}
