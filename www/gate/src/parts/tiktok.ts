/** TikTok Pixel: `holdConsent` until the visitor agrees, then `grantConsent` and `revokeConsent`. */
import { ahead, follow, page } from "../part-tools";
import type { Needs } from "../part-tools";

declare const CONFIG: { needs: Needs };

follow(CONFIG.needs, (granted, first) => {
  // The pixel's snippet keeps an array it finds, and its queue has calls in this form.
  const ttq = (page.ttq = page.ttq || []);
  const name = granted ? "grantConsent" : first ? "holdConsent" : "revokeConsent";
  ahead(ttq, /Consent$/, () => (ttq[name] ? ttq[name]() : ttq.push([name])));
});
