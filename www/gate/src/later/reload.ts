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
  // Read out is what comes into a place that says so, not what comes with it (WCAG 2.2, 4.1.3).
  const words = [...offered.childNodes];
  offered.replaceChildren();
  document.body.append(offered);
  setTimeout(() => offered!.append(...words), 100);
};
