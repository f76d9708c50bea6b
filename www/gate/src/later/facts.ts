/** What the edge says of the policy, fetched once. */
import type { Bridge } from "../bridge";
import type { Later } from "../wire";

/** Where it is; depends on policy and language only, so browsers keep it. */
const address = ({ base, payload: { site, policy, language } }: Bridge) => `${base}/${site}/later?policy=${policy}&language=${language}`;

export const fetchFacts = async (gate: Bridge): Promise<Later> => {
  const answer = await fetch(address(gate));
  if (!answer.ok) throw answer;
  return answer.json();
};

/** The same address, for what only the server can do. Resolves whatever becomes of it. */
export const post = (gate: Bridge): Promise<unknown> =>
  fetch(address(gate), { method: "POST", credentials: "same-origin" }).catch(() => undefined);
