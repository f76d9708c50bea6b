/** What ran cannot be taken back; a page that is loaded again does not run it. */
import type { Bridge } from "../bridge";
import type { Later } from "../wire";

let offered: Element | undefined;

export const offerReload = (gate: Bridge, { reload, note }: Later): void => {
  if (reload == "always") location.reload();
  if (reload != "offer" || offered?.isConnected) return;
  const template = document.createElement("template");
  template.innerHTML = gate.trust().createHTML(note);
  offered = template.content.firstElementChild!;
  offered.querySelector("button")!.addEventListener("click", () => location.reload());
  document.body.append(offered);
};
