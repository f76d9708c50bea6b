/** What the gate let run. A script refers to itself, so whoever finds it as the one that runs now has both answers at once. */
export type Released<E extends HTMLElement = HTMLScriptElement> = E & {
  released?: HTMLElement;
  /** Takes more of what it writes; without that, puts all of it where the script is. */
  written?: (more?: string) => void;
};
