/** `__gpp` as vendors meet it: asked, listened to, over a stub, from frames, by friends and by others. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";

// The very script that ships, and the configuration that Rust makes.
const FLAGS = ["--bundle", "--minify", "--format=iife", "--target=es2020", "--charset=utf8", "--log-level=error"];
const CODE = execFileSync("node_modules/esbuild/bin/esbuild", ["www/gate/src/parts/gpp.ts", ...FLAGS], { encoding: "utf8" });
const { config: CONFIG } = JSON.parse(readFileSync("tests/vectors/gpp.json", "utf8"));

const [DENIED, GRANTED, DENIED_GPC, GRANTED_GPC] = CONFIG.yes.strings;

interface Setting {
  config?: unknown;
  granted?: boolean;
  header?: number;
  navigator?: unknown;
  window?: Record<string, any>;
  body?: boolean;
  prepare?: (window: object) => void;
}

/** A page with a gate of one visitor. Timers run when a test says so. */
class Page {
  window: Record<string, any> & EventTarget;
  granted: boolean;
  frames: { name: string; style: Record<string, string> }[] = [];
  /** What of Consentry can be seen. */
  seen = { layer: false, dialog: false };
  thrown: unknown[] = [];
  private told: (() => void)[] = [];
  private timers: (() => void)[] = [];
  private changed = () => {};
  readonly document: { body: unknown; createElement: unknown; getElementById: unknown };

  constructor({ config = CONFIG.yes, granted = false, header = 0, navigator = {}, window, body = true, prepare }: Setting = {}) {
    const page = this;
    this.granted = granted;
    this.window = Object.assign(new EventTarget() as any, { frames: {} }, window);
    prepare?.(this.window);
    const root = {
      querySelector: (selector: string) => {
        const known = { "dialog[open]": this.seen.dialog, "[data-consentry-part=layer]:not([hidden])": this.seen.layer };
        assert.ok(selector in known, selector);
        return known[selector as keyof typeof known] ? {} : null;
      },
    };
    const append = (frame: any) => {
      this.frames.push(frame);
      this.window.frames[frame.name] = frame;
    };
    this.document = {
      body: body ? { append } : null,
      createElement: (name: string) => (assert.equal(name, "iframe"), { style: {} }),
      getElementById: (id: string) => (id == "consentry" ? root : null),
    };
    this.append = append;
    const globals = {
      window: this.window,
      document: this.document,
      navigator,
      MutationObserver: class {
        constructor(fn: () => void) {
          page.changed = fn;
        }
        observe(target: unknown, { attributeFilter }: { attributeFilter: string[] }) {
          assert.equal(target, root);
          assert.deepEqual(attributeFilter, ["hidden", "open"]);
        }
      },
      setTimeout: (fn: () => void) => this.timers.push(fn),
      CONFIG: config,
      GATE: {
        payload: { header },
        has: (id: string) => id == "advertising" && this.granted,
        onchange: (fn: () => void) => {
          this.told.push(fn);
          fn();
        },
      },
    };
    new Function(...Object.keys(globals), CODE)(...Object.values(globals));
  }

  private append: (frame: any) => void;

  gpp(...args: unknown[]): unknown {
    return this.window.__gpp(...args);
  }
  /** What the callback of a command is given. */
  ask(command: unknown, parameter?: unknown): [data: any, success: boolean] {
    let given: unknown[] | undefined;
    assert.equal(this.gpp(command, (...args: unknown[]) => (given = args), parameter), undefined, "no return value");
    assert.ok(given, "answers at once");
    return given as [any, boolean];
  }
  /** Registers a listener; what it is told is in the list, as `event data`. */
  listen(): { id: number; events: string[]; last: any } {
    const heard = { id: 0, events: [] as string[], last: undefined as any };
    this.gpp("addEventListener", (event: any, success: boolean) => {
      assert.equal(success, true);
      heard.events.push(`${event.eventName} ${event.data}`);
      heard.last = event;
      heard.id = event.listenerId;
    });
    return heard;
  }
  decide(granted: boolean): void {
    this.granted = granted;
    for (const fn of this.told) fn();
  }
  /** What the visitor sees changes. */
  show(seen: Partial<Page["seen"]>): void {
    Object.assign(this.seen, seen);
    this.changed();
  }
  /** Runs what is due. */
  settle(): void {
    for (const fn of this.timers.splice(0)) {
      try {
        fn();
      } catch (error) {
        this.thrown.push(error);
      }
    }
  }
  /** The parser comes to the body. */
  parseBody(): void {
    this.document.body = { append: this.append };
  }
  /** A message from a child frame; what comes back. */
  message(data: unknown): any[] {
    const back: any[] = [];
    const source = { postMessage: (message: unknown, target: string) => (assert.equal(target, "*"), back.push(message)) };
    this.window.dispatchEvent(Object.assign(new Event("message"), { data, source }));
    return back;
  }
}

test("gpp_ping_says_who_answers_and_what_applies", () => {
  const page = new Page({ granted: true });
  const section = [CONFIG.yes.core[1], CONFIG.yes.gpc[0]];
  assert.deepEqual(page.ask("ping"), [
    {
      gppVersion: "1.1",
      cmpStatus: "loaded",
      cmpDisplayStatus: "hidden",
      signalStatus: "ready",
      supportedAPIs: ["7:usnat"],
      cmpId: 1,
      sectionList: [7],
      applicableSections: [7],
      gppString: GRANTED,
      parsedSections: { usnat: section },
    },
    true,
  ]);
});

test("gpp_string_follows_what_is_granted_and_global_privacy_control_from_header_or_page", () => {
  const on = { globalPrivacyControl: true };
  const cases: [Setting, string][] = [
    [{}, DENIED],
    [{ granted: true }, GRANTED],
    [{ header: 1 }, DENIED_GPC],
    [{ navigator: on }, DENIED_GPC],
    [{ granted: true, header: 3 }, GRANTED_GPC],
    // Do Not Track is no Global Privacy Control, and neither is one that is off.
    [{ header: 2 }, DENIED],
    [{ navigator: { globalPrivacyControl: false } }, DENIED],
  ];
  assert.equal(new Set([DENIED, GRANTED, DENIED_GPC, GRANTED_GPC]).size, 4);
  for (const [setting, string] of cases) assert.equal(new Page(setting).ask("ping")[0].gppString, string, JSON.stringify(setting));
});

test("gpp_where_no_section_applies_says_so_and_has_none", () => {
  const page = new Page({ config: CONFIG.no, granted: true });
  const heard = page.listen();
  const [{ gppString, sectionList, applicableSections, parsedSections, signalStatus }] = page.ask("ping");
  assert.deepEqual([gppString, sectionList, applicableSections, parsedSections], ["DBAA", [], [-1], {}]);
  assert.equal(signalStatus, "ready");
  assert.deepEqual(page.ask("hasSection", "usnat"), [false, true]);
  assert.deepEqual(page.ask("getSection", "usnat"), [null, false]);
  assert.deepEqual(page.ask("getField", "usnat.SaleOptOut"), [null, false]);
  page.decide(false);
  assert.deepEqual(heard.events, ["listenerRegistered true"], "nothing that it says has changed");
});

test("gpp_sections_and_fields_are_found_by_name", () => {
  const page = new Page({ header: 1 });
  assert.deepEqual(page.ask("hasSection", "usnat"), [true, true]);
  assert.deepEqual(page.ask("hasSection", "tcfeuv2"), [false, true]);
  assert.deepEqual(page.ask("getSection", "usnat"), [[CONFIG.yes.core[0], CONFIG.yes.gpc[1]], true]);
  assert.deepEqual(page.ask("getSection", "usca"), [null, false]);
  for (const [field, value] of Object.entries({ ...CONFIG.yes.core[0], ...CONFIG.yes.gpc[1] })) {
    assert.deepEqual(page.ask("getField", `usnat.${field}`), [value, true], field);
  }
  for (const none of ["usnat", "usnat.", "usnat.Nothing", "usnat.constructor", "usca.SaleOptOut", "SaleOptOut"]) {
    assert.deepEqual(page.ask("getField", none), [null, false], none);
  }
});

test("gpp_answers_belong_to_who_asked", () => {
  const page = new Page();
  const [ping] = page.ask("ping");
  ping.applicableSections.push(2);
  ping.parsedSections.usnat[0].SaleOptOut = 2;
  ping.parsedSections.usnat[0].SensitiveDataProcessing[0] = 2;
  page.ask("getField", "usnat.SensitiveDataProcessing")[0][1] = 2;
  const [again] = page.ask("ping");
  assert.deepEqual(again.applicableSections, [7]);
  assert.deepEqual(again.parsedSections.usnat[0], CONFIG.yes.core[0]);
  assert.deepEqual(CONFIG.yes.core[0].SensitiveDataProcessing, Array(16).fill(0));
});

test("gpp_listener_is_told_of_a_change_between_not_ready_and_ready", () => {
  const page = new Page();
  const heard = page.listen();
  assert.deepEqual(heard.events.splice(0), ["listenerRegistered true"]);
  assert.equal(heard.last.pingData.gppString, DENIED);
  page.decide(true);
  assert.deepEqual(heard.events.splice(0), ["signalStatus not ready", "sectionChange usnat", "signalStatus ready"]);
  assert.equal(heard.last.pingData.gppString, GRANTED);
  assert.deepEqual(heard.last.pingData.parsedSections.usnat[0], CONFIG.yes.core[1]);
  page.decide(true);
  assert.deepEqual(heard.events, [], "what stays as it is is no event");
});

test("gpp_listener_that_is_removed_hears_nothing_more", () => {
  const page = new Page();
  const [gone, stays] = [page.listen(), page.listen()];
  assert.notEqual(gone.id, stays.id);
  assert.deepEqual(page.ask("removeEventListener", gone.id), [true, true]);
  assert.deepEqual(page.ask("removeEventListener", gone.id), [false, true]);
  page.decide(true);
  assert.equal(gone.events.length, 1);
  assert.equal(stays.events.length, 4);
});

test("gpp_display_follows_the_first_layer_and_the_decision_that_closes_it", () => {
  const page = new Page({ granted: true });
  page.seen.layer = true;
  const heard = page.listen();
  page.settle();
  assert.deepEqual(heard.events.splice(0), ["listenerRegistered true", "cmpDisplayStatus visible"]);
  assert.equal(page.ask("ping")[0].signalStatus, "ready", "opting out is possible, and nothing waits for it");
  page.decide(false);
  page.show({ layer: false });
  assert.deepEqual(heard.events, ["signalStatus not ready", "cmpDisplayStatus hidden", "sectionChange usnat", "signalStatus ready"]);
});

test("gpp_signal_waits_while_the_preferences_are_open", () => {
  const page = new Page({ granted: true });
  page.settle();
  const heard = page.listen();
  heard.events = [];
  page.show({ dialog: true });
  assert.deepEqual(heard.events.splice(0), ["signalStatus not ready", "cmpDisplayStatus visible"]);
  page.show({ dialog: false });
  assert.deepEqual(heard.events.splice(0), ["cmpDisplayStatus hidden", "signalStatus ready"], "closed as they were");
  page.show({ dialog: true });
  heard.events = [];
  page.decide(false);
  page.show({ dialog: false });
  assert.deepEqual(heard.events, ["sectionChange usnat", "cmpDisplayStatus hidden", "signalStatus ready"]);
  assert.equal(page.ask("ping")[0].gppString, DENIED);
});

test("gpp_listener_that_brings_another_lets_it_hear_from_the_next_event_on", () => {
  const page = new Page();
  const brought: string[][] = [];
  page.gpp("addEventListener", ({ eventName }: any) => {
    if (eventName == "sectionChange") brought.push(page.listen().events);
  });
  page.decide(true);
  assert.deepEqual(brought, [["listenerRegistered true", "signalStatus ready"]]);
});

/** A stub as sites paste it, reduced to what it keeps. */
const stub = () => {
  const gpp: any = (...args: any[]) => {
    if (!args.length) return gpp.queue;
    const [command, callback, parameter] = args;
    if (command == "addEventListener") {
      const id = ++gpp.lastId;
      gpp.events.push({ id, callback, parameter });
      callback({ eventName: "listenerRegistered", listenerId: id, data: true, pingData: { cmpStatus: "stub" } }, true);
    } else gpp.queue.push(args);
    return;
  };
  return Object.assign(gpp, { queue: [] as unknown[], events: [] as unknown[], lastId: 0 });
};

test("gpp_stub_hands_over_its_listeners_numbers_and_queue_in_order", () => {
  const before = stub();
  const heard: string[] = [];
  const listener = (event: any) => heard.push(`${event.listenerId} ${event.eventName} ${event.data} ${event.pingData.cmpStatus}`);
  before("addEventListener", listener);
  before("getField", (value: unknown) => heard.push(`SaleOptOut ${value}`), "usnat.SaleOptOut");
  before("getSection", (_: unknown, success: boolean) => heard.push(`usca ${success}`), "usca");
  const page = new Page({ granted: true, window: { __gpp: before } });
  assert.notEqual(page.window.__gpp, before);
  assert.deepEqual(heard.splice(0), [
    "1 listenerRegistered true stub",
    "1 cmpStatus loaded loaded",
    "1 signalStatus ready loaded",
    "SaleOptOut 2",
    "usca false",
  ]);
  assert.equal(page.listen().id, 2, "numbers go on");
  assert.deepEqual(page.ask("removeEventListener", 1), [true, true]);
  page.decide(false);
  assert.deepEqual(heard, []);
});

test("gpp_stub_that_keeps_its_queue_to_itself_is_asked_for_it", () => {
  const heard: unknown[] = [];
  const calls: unknown[][] = [["addEventListener", (event: any) => heard.push(event.listenerId)], ["ping", () => heard.push("ping")]];
  new Page({ window: { __gpp: () => calls } });
  assert.deepEqual(heard, [1, "ping"]);
});

test("gpp_stub_that_is_broken_keeps_nothing_from_working", () => {
  const cursed = new Proxy(() => {}, {
    get: () => {
      throw new Error("cursed");
    },
    apply: () => {
      throw new Error("cursed");
    },
  });
  const broken = [
    7,
    "gpp",
    () => 7,
    cursed,
    Object.assign(stub(), { queue: 7, events: [null], lastId: "x" }),
    Object.assign(stub(), { queue: [null, [], ["ping", 7], ["nothing"], [Symbol(), {}]] }),
    Object.assign(stub(), { events: [{ id: 1 }, { id: 2, callback: "x" }] }),
  ];
  for (const __gpp of broken) {
    const page = new Page({ window: { __gpp } });
    page.decide(true);
    assert.equal(page.ask("ping")[0].gppString, GRANTED);
    page.settle();
    assert.deepEqual(page.thrown, []);
  }
});

test("gpp_frames_find_the_locator_once_there_is_a_body", () => {
  const page = new Page({ body: false });
  page.settle();
  page.settle();
  assert.deepEqual(page.frames, []);
  page.parseBody();
  page.settle();
  assert.deepEqual(page.frames, [{ name: "__gppLocator", style: { display: "none" } }]);
  page.settle();
  assert.equal(page.frames.length, 1);
  const there = new Page({ window: { frames: { __gppLocator: {} } } });
  there.settle();
  assert.deepEqual(there.frames, [], "a stub's is as good");
});

test("gpp_frame_is_answered_as_it_asked_and_told_of_changes", () => {
  const page = new Page();
  const call = (command: string, parameter?: unknown, callId: unknown = 5) => ({ __gppCall: { command, parameter, callId, version: "1.1" } });
  assert.deepEqual(page.message(call("getField", "usnat.SaleOptOut")), [
    { __gppReturn: { returnValue: 1, success: true, callId: 5 } },
  ]);
  const [text] = page.message(JSON.stringify(call("hasSection", "usnat", "a-1")));
  assert.deepEqual(JSON.parse(text), { __gppReturn: { returnValue: true, success: true, callId: "a-1" } });
  const back = page.message(call("addEventListener"));
  page.decide(true);
  const names = back.map(({ __gppReturn }) => __gppReturn.returnValue.eventName);
  assert.deepEqual(names, ["listenerRegistered", "signalStatus", "sectionChange", "signalStatus"]);
  assert.ok(back.every(({ __gppReturn }) => __gppReturn.callId == 5 && __gppReturn.success));
  // What is sent must survive the way: plain data.
  assert.deepEqual(structuredClone(back), back);
  assert.deepEqual(page.message(call("removeEventListener", back[0].__gppReturn.returnValue.listenerId))[0].__gppReturn.returnValue, true);
});

test("gpp_frame_asks_a_stub_that_listens_itself_and_is_answered_once", () => {
  const before = stub();
  const page = new Page({ window: { __gpp: before, __gpp_msghandler: () => {} } });
  assert.deepEqual(page.message({ __gppCall: { command: "ping", callId: 1 } }), [], "the stub's own handler calls __gpp");
  assert.equal(page.ask("ping")[0].cmpStatus, "loaded");
});

test("gpp_messages_of_others_and_hostile_ones_are_left_alone", () => {
  const page = new Page();
  const cursed = {
    get __gppCall() {
      throw new Error("cursed");
    },
  };
  for (const data of [null, undefined, 7, "", "text", "{", '{"__gppCall"', '"__gppCall"', [], {}, { __gppCall: null }, { __gppCall: 7 }, cursed]) {
    const back = page.message(data);
    assert.ok(back.every(({ __gppReturn }) => __gppReturn.success === false), String(JSON.stringify(back)));
  }
  // Nobody to answer any more, and somebody who cannot be answered.
  for (const source of [null, {}, { postMessage: 7 }]) {
    page.window.dispatchEvent(Object.assign(new Event("message"), { data: { __gppCall: { command: "addEventListener" } }, source }));
  }
  page.decide(true);
  page.settle();
  assert.deepEqual(page.thrown, []);
});

test("gpp_hostile_arguments_never_throw_and_change_nothing", () => {
  const page = new Page();
  const cursed = new Proxy(function () {}, {
    get: () => {
      throw new Error("cursed");
    },
    apply: () => {
      throw new Error("cursed");
    },
  });
  const hostile = [undefined, null, 0, NaN, "", "constructor", "__proto__", {}, [], Symbol("s"), Object.create(null), cursed];
  const commands = ["ping", "addEventListener", "removeEventListener", "hasSection", "getSection", "getField", ...hostile];
  for (const command of commands) for (const callback of hostile) for (const parameter of hostile) page.gpp(command, callback, parameter);
  page.gpp();
  page.decide(true);
  assert.equal(page.ask("ping")[0].gppString, GRANTED);
  for (const command of hostile) assert.deepEqual(page.ask(command), [null, false]);
  page.settle();
  assert.ok(page.thrown.length > 0 && page.thrown.every((error) => (error as Error).message == "cursed"), "failures are the page's to see");
});

test("gpp_listener_that_fails_keeps_no_other_from_hearing", () => {
  const page = new Page();
  page.gpp("addEventListener", ({ eventName }: any) => {
    if (eventName != "listenerRegistered") throw new Error("mine");
  });
  const heard = page.listen();
  page.decide(true);
  assert.equal(heard.events.length, 4);
  page.settle();
  assert.equal(page.thrown.length, 3);
});

test("gpp_name_that_the_page_holds_on_to_is_left_to_it", () => {
  const own = () => {};
  const page = new Page({ prepare: (window) => Object.defineProperty(window, "__gpp", { value: own, writable: false }) });
  page.decide(true);
  page.settle();
  assert.equal(page.window.__gpp, own);
  assert.deepEqual(page.thrown, []);
});
