/** What the parser puts into the page. The browser may have asked for it already; it is not used. */
import { ADDRESSES } from "../addresses";
import { guard } from "../guard";
import { claim, freed } from "./hold";

/** Elements that load something, unless their author has marked them: those are the gate's. */
const LOADING =
  ":is(script,iframe,img,video,audio,source,embed):is([src],[srcset],[poster]):not([data-category]),link[href]:not([data-category]),object[data]:not([data-category])";

const take = (el: HTMLElement) => {
  const script = el.localName == "script" && (el as HTMLScriptElement);
  // Made by a script and not guarded: it runs already, and marked it would run twice.
  if (script && script.async && !script.hasAttribute("async")) return;
  for (const name of freed.has(el) ? [] : ADDRESSES) {
    const value = el.getAttribute(name);
    if (value == null || !claim(el, value)) continue;
    if (script) {
      // Still before it runs: observers are heard at the end of the tag. The gate makes it anew from its marks.
      if (script.type) script.dataset.type = script.type;
      script.type = "text/plain";
      continue;
    }
    el.dataset[name] = value;
    // A frame that is on its way is called back.
    if (el.localName == "iframe") (el as HTMLIFrameElement).contentWindow?.location.replace("about:blank");
    el.removeAttribute(name);
    // A player goes on with what it has until it is told to look again.
    if (/audio|video/.test(el.localName)) (el as HTMLMediaElement).load();
  }
};

const look = (root: Element | Document, which: string) => {
  if ((root as Element).matches?.(which)) take(root as HTMLElement);
  if (root.firstElementChild) root.querySelectorAll<HTMLElement>(which).forEach(guard(take));
};

/** Looks at what is there already; scripts have run. */
export const lookBack = guard((): void => look(document, LOADING.replace("script,", "")));

/** From now on. */
export const observe = (): void => {
  const lookAt = guard(look);
  new MutationObserver((records) => {
    for (const { addedNodes } of records) for (const node of addedNodes) if (node.nodeType == 1) lookAt(node as Element, LOADING);
  }).observe(document, { childList: true, subtree: true });
};
