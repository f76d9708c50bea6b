/**
 * Takes back what the gate let run and can be: frames, players, pictures. A script that ran has run; and what the site has put there
 * itself stays, for `data-category` is a name that shops and galleries use, too.
 */
import { ADDRESSES } from "../addresses";
import type { Bridge } from "../bridge";
import type { Released } from "../released";
import { shownOnce } from "./embeds";

export const allowed = (gate: Bridge, { dataset: { category, service } }: HTMLElement): boolean =>
  gate.has(category!) && (!service || gate.has(service));

export const retire = (gate: Bridge): void => {
  for (const el of document.querySelectorAll<Released<HTMLElement>>("[data-category]:not(script)")) {
    if (!el.released || allowed(gate, el) || shownOnce.has(el)) continue;
    for (const name of ADDRESSES) {
      const url = el.getAttribute(name);
      if (url == null) continue;
      el.dataset[name] = url;
      el.removeAttribute(name);
      // A player goes on with what it has until it is told to look again.
      el.closest<HTMLMediaElement>("video,audio")?.load();
    }
  }
};
