/** Segment analytics.js: every event carries the visitor's categories, none leaves without permission, changes are told. */
import { guard } from "../guard";
import type { Gate } from "../part";
import { may, page, state } from "../part-tools";
import type { Needs } from "../part-tools";

declare const GATE: Gate;
declare const CONFIG: {
  needs: Needs;
  /** Name of the event that tells a change; without one none is sent. */
  event?: string;
};

interface Passing {
  payload: { obj: { context?: { consent?: object } } };
  next(payload: unknown): void;
}

const call = (name: string, argument: unknown) => {
  // Segment's snippet keeps an array it finds, and its queue has calls in this form.
  const analytics = (page.analytics = page.analytics || []);
  if (analytics[name]) analytics[name](argument);
  else analytics.push([name, argument]);
};

const stamp = guard(({ obj }: Passing["payload"]) => {
  const context = (obj.context = obj.context || {});
  const consent = { ...context.consent, categoryPreferences: state() };
  context.consent = consent;
  // A frozen object keeps what it had without a word.
  return context.consent == consent;
});

let said: string | undefined;
let stamping: unknown;

GATE.onchange(
  guard(() => {
    if (!stamping) {
      // An event that could not be stamped stays here: a destination would take it for one from before there was consent.
      call("addSourceMiddleware", ({ payload, next }: Passing) => may(CONFIG.needs) && stamp(payload) && next(payload));
      stamping = 1;
    }
    const now = JSON.stringify(state());
    if (said && said != now && CONFIG.event && may(CONFIG.needs)) call("track", CONFIG.event);
    said = now;
  }),
);
