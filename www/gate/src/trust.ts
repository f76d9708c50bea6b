/** Trusted Types: one policy named `consentry`, to be allowed in the site's `trusted-types` directive. */
import { guard } from "./guard";

const createHTML = (text: string) => text;
const rules = { createHTML, createScript: createHTML, createScriptURL: createHTML };

let policy: typeof rules | undefined;

/** Turns text into what the page's sinks accept. Where the site forbids the policy it stays text, and they may refuse it. */
export const trust = (): typeof rules =>
  (policy ||= guard(() => (window as any).trustedTypes.createPolicy("consentry", rules))() || rules);
