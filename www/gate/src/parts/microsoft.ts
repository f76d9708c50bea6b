/** Microsoft: consent of Universal Event Tracking (`uetq`) and of Clarity (`consentv2`), either or both. */
import { guard } from "../guard";
import type { Gate } from "../part";
import { follow, may, page } from "../part-tools";
import type { Needs } from "../part-tools";

declare const GATE: Gate;
declare const CONFIG: {
  /** The model grants until refused. */
  open: boolean;
  uet?: Needs;
  clarity?: { ad: Needs; analytics: Needs };
};

const word = (granted: unknown) => (granted ? "granted" : "denied");

const { open, uet, clarity } = CONFIG;

if (uet) {
  follow(uet, (granted, first) => {
    const queue = (page.uetq = page.uetq || []);
    // As long as it is an array nobody has read it, and the default must come before what is in it.
    if (first) queue[Array.isArray(queue) ? "unshift" : "push"]("consent", "default", { ad_storage: word(open && granted) });
    if (!first || (granted && !open)) queue.push("consent", "update", { ad_storage: word(granted) });
  });
}

if (clarity) {
  let said: string;
  GATE.onchange(
    guard(() => {
      const [ad, analytics] = [may(clarity.ad), may(clarity.analytics)];
      if (said != `${ad}${analytics}`) {
        // Clarity's own snippet keeps the function it finds, and empties its queue.
        page.clarity =
          page.clarity ||
          function () {
            (page.clarity.q = page.clarity.q || []).push(arguments);
          };
        // With the capital S: other spellings are ignored.
        page.clarity("consentv2", { ad_Storage: word(ad), analytics_Storage: word(analytics) });
        said = `${ad}${analytics}`;
      }
    }),
  );
}
