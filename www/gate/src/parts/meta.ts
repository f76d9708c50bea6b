/** Meta Pixel: `revoke` or `grant` before `init`, Limited Data Use where the policy wants it, then every change. */
import { guard } from "../guard";
import { ahead, follow, page } from "../part-tools";
import type { Needs } from "../part-tools";

declare const CONFIG: {
  needs: Needs;
  /** Limited Data Use, the place left to Meta. */
  ldu: boolean;
};

// The pixel's snippet gives up where it finds an `fbq`, so none can be made for it: the first use of its own is waited for.
let fbq = page.fbq;
let current: string;
let told: unknown;

const tell = guard(() => {
  const pixel = fbq;
  if (pixel && told != current) {
    const first = !told;
    // Before the call: it may use `fbq` itself, and come back here.
    told = current;
    ahead(pixel.queue, /^consent$/, () => pixel("consent", current));
    if (first && CONFIG.ldu) ahead(pixel.queue, /^data/, () => pixel("dataProcessingOptions", ["LDU"], 0, 0));
  }
});

const wait = guard(() =>
  Object.defineProperty(page, "fbq", {
    configurable: true,
    enumerable: true,
    get() {
      tell();
      return fbq;
    },
    set(pixel) {
      fbq = pixel;
      told = "";
    },
  }),
);

follow(CONFIG.needs, (granted, first) => {
  current = granted ? "grant" : "revoke";
  if (first && !fbq) wait();
  else {
    fbq = page.fbq;
    tell();
  }
});
