/** What ran cannot be taken back; a page that is loaded again does not run it. */
import type { Bridge } from "../bridge";
import type { Later } from "../wire";
import { make } from "./make";

let offered: Element | undefined;

export const offerReload = (gate: Bridge, facts: Later): void => {
  const { reload, note } = facts;
  if (reload == "always") location.reload();
  if (reload != "offer" || offered?.isConnected) return;
  offered = make(gate, facts, note);
  offered.querySelector("button")!.addEventListener("click", () => location.reload());
  document.body.append(offered);
};
