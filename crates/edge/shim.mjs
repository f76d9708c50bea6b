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

/** A synchronous call of the program. */
function turn(call) {
  try {
    return call();
  } catch (error) {
    noticeTrap(error);
    throw error;
  }
}

/** What the program serves by promises of its own: everything but the way below. */
const long = (entrypoint, request) =>
  guarded(() => program.fetch.call(entrypoint, request, entrypoint.env, entrypoint.ctx));

/** The longest body that is read before the program has seen the request, in bytes. */
const SHORT = 65_536;

/** A record on its way into a log: nearly every request that writes. */
const isRecord = ({ method, url, headers }) =>
  method === "POST" && url.endsWith("/records") && Number(headers.get("content-length") ?? Infinity) <= SHORT;

/**
 * The short way, for records: the program is called with plain values, says what to ask of which object, and is called again
 * with the answer. See `turns.rs`, which says what the steps look like.
 */
async function inTurns(entrypoint, request) {
  const { env } = entrypoint;
  const { country, regionCode } = request.cf ?? {};
  const body = new Uint8Array(await request.arrayBuffer());
  startOverIfNeeded();
  const { instanceId } = life;
  const headers = JSON.stringify([...request.headers]);
  let step = turn(() => program.begin(env, request.url, headers, body, country, regionCode));
  if (!step.length) return long(entrypoint, new Request(request, { body }));
  for (;;) {
    const end = step.indexOf(LINE_END);
    const line = utf8.decode(step.subarray(0, end));
    const rest = step.subarray(end + 1);
    if (line.startsWith("done ")) return new Response(rest.length ? rest : null, { status: Number(line.slice(5, 8)), headers: fields(line.slice(9)) });
    const [, number, method, name] = line.split(" ");
    // A copy: of a view, all that is behind it would be sent.
    const [answer, answered] = await ask(env.SITES.getByName(name), method, rest.slice());
    startOverIfNeeded();
    // Whoever has this number now is somebody else.
    if (life.instanceId !== instanceId) throw new Error("the program started over");
    step = turn(() => program.resume(Number(number), answer, answered));
  }
}

const LINE_END = 10;
const utf8 = new TextDecoder();

/** An object's answer, or why there is none. */
const ask = (stub, method, bytes) =>
  stub[method](bytes).then(
    (answer) => [answer, true],
    (error) => [new TextEncoder().encode(String(error)), false],
  );

/** Headers by their text. Nearly every answer has the same few, and making them costs more than the answer. */
const known = new Map();

/** So many are remembered. There is one for each origin of each policy. */
const MOST_KNOWN = 256;

function fields(text) {
  let headers = known.get(text);
  if (!headers) {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(text, (headers = new Headers(JSON.parse(text))));
  }
  return headers;
}

export default class extends WorkerEntrypoint {
  fetch(request) {
    return isRecord(request) ? inTurns(this, request) : long(this, request);
  }
}

/** So many waiting appends are stored at once without waiting for the turn's end. */
const FLUSH_AT = 64;
/** With so many bytes on their way to the disk the object turns appends away, instead of letting them grow without end. */
const MOST_WAITING = 8 * 1024 * 1024;

/** The calls of a group, each after its length. */
function joined(group) {
  const all = new Uint8Array(group.reduce((length, { bytes }) => length + 4 + bytes.length, 0));
  const lengths = new DataView(all.buffer);
  let at = 0;
  for (const { bytes } of group) {
    lengths.setUint32(at, bytes.length, true);
    all.set(bytes, at + 4);
    at += 4 + bytes.length;
  }
  return all;
}

export class SiteObject extends DurableObject {
  #object;
  #builtIn;
  /** Appends that wait for the next statement. */
  #waiting = [];
  /** Bytes of appends that are not on the disk. */
  #unsynced = 0;
  /** How many groups are on their way to the disk, and how many appends the one before had. */
  #groups = 0;
  #before = 0;

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

  /** What the Worker calls: a call in JSON, answered in JSON. */
  call(bytes) {
    return guarded(() => this.#current().call(bytes));
  }

  /** The same for appends, which are stored in groups: here, so that waiting costs one promise and no crossing. */
  append(bytes) {
    if (this.#unsynced >= MOST_WAITING) return program.SiteObject.full();
    this.#unsynced += bytes.length;
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.push({ bytes, resolve, reject });
      // With nothing under way, and nothing a moment ago, waiting would gain nobody anything. Else everything that is ready
      // in this turn of the loop goes together.
      if (waiting >= FLUSH_AT || (!this.#groups && this.#before <= 1)) this.#flush();
      else if (waiting === 1) setTimeout(() => this.#flush(), 0);
    });
  }

  /** Stores everything that waits, with one statement, and answers everybody. Nothing is awaited before that. */
  #flush() {
    const group = this.#waiting;
    if (!group.length) return;
    this.#waiting = [];
    this.#before = group.length;
    const calls = joined(group);
    try {
      startOverIfNeeded();
      let replies = turn(() => this.#current().append(calls));
      for (const { resolve } of group) {
        const end = replies.indexOf(LINE_END);
        resolve(end < 0 ? replies.slice() : replies.slice(0, end));
        replies = replies.subarray(end + 1);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    this.#groups++;
    const stored = () => {
      this.#groups--;
      this.#unsynced -= calls.length - 4 * group.length;
    };
    // Whether it worked is for the runtime to say to whoever waits for an answer.
    this.ctx.storage.sync().then(stored, stored);
  }

  /** Retention, and the commitment to the other parts of the log. */
  alarm() {
    return guarded(() => this.#current().alarm());
  }
}
