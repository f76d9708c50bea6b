/** This very script once more, in its own place and while the parser waits, so that nothing of the page runs before it. */
import type { Gate } from "./part";

declare const GATE: Gate;

/** Whether it is there: what an asynchronous script writes is ignored, and Trusted Types may refuse it. */
export const writeAgain = (src: string): boolean => {
  const { script } = GATE;
  try {
    document.write(`<script src="${src}" nonce="${script.nonce}"></script>`);
  } catch {}
  return (script.nextSibling as HTMLScriptElement)?.src == src;
};
