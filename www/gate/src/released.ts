/** A script that the gate let run: it refers to itself, so whoever finds it as the one that runs now has both answers at once. */
export type Released = HTMLScriptElement & {
  released?: Released;
  /** What it has written into the page, until that is put there. */
  written?: string[];
};
