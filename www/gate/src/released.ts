/** A script that the gate let run. */
export type Released = HTMLScriptElement & { released?: unknown };
