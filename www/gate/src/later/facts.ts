/** What the edge says of the policy, fetched once: see `Later` in `crates/api/src/later.rs`. */
import type { Bridge } from "../bridge";

/** Names in a browser's stores, `*` standing for anything. */
export interface Kept {
  cookies?: string[];
  local?: string[];
  session?: string[];
  indexed_db?: string[];
}

export interface Facts {
  /** For each service of the payload. */
  names: string[];
  /** For each service of the payload. */
  kept: Kept[];
  embed: string;
  note: string;
  css: string;
  reload: "offer" | "always" | "never";
}

/** Where it is; depends on policy and language only, so browsers keep it. */
const address = ({ base, payload: { site, policy, language } }: Bridge) => `${base}/${site}/later?policy=${policy}&language=${language}`;

export const fetchFacts = async (gate: Bridge): Promise<Facts> => (await fetch(address(gate))).json();

/** The same address, for what only the server can do. Resolves whatever becomes of it. */
export const post = (gate: Bridge): Promise<unknown> =>
  fetch(address(gate), { method: "POST", credentials: "same-origin" }).catch(() => undefined);
