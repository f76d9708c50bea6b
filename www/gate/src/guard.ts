/** Nothing is ever thrown into the host page: every entry from it goes through here. */

/** The same function, but a failure ends in `undefined`: what was not decided stays denied. */
export const guard =
  <A extends unknown[], R>(fn: (...args: A) => R) =>
  (...args: A): R | undefined => {
    try {
      return fn(...args);
    } catch {}
  };
