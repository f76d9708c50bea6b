/** Waiting for what a click came to to be seen. */

/** Runs after the next paint. In a tab that nobody looks at nothing is painted until somebody does. */
export const afterPaint = (fn: () => unknown): void => {
  // A frame's callbacks come before its paint.
  requestAnimationFrame(() => setTimeout(fn));
};
