/** The first layer, the honoured-signal status and the preferences link: made from the payload's HTML, shown and hidden. */
import { activate } from "./activate";
import { ask, honoured } from "./decide";
import { guard } from "./guard";
import { doc, payload } from "./page";
import { trust } from "./trust";

/** The gate's part of the page's body; missing where the site's Trusted Types forbid to make it. */
export let root: HTMLElement | undefined;

const part = (name: string) => root!.querySelector<HTMLElement>(`[data-consentry-part=${name}]`)!;

/** Builds it. */
export const build = guard((): void => {
  const template = doc.createElement("template");
  template.innerHTML = trust().createHTML(payload.html);
  root = template.content.firstElementChild as HTMLElement;
  // Style sheets made by script need no permission of a strict Content-Security-Policy.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(payload.css);
  doc.adoptedStyleSheets = [...doc.adoptedStyleSheets, sheet];
});

/** Shows what the verdict calls for. */
export const show = guard((): void => {
  const layer = part("layer");
  const focused = !ask && layer.contains(doc.activeElement);
  layer.hidden = !ask;
  // An attribute that means nothing here: the style sheet reads from it whether the visitor is asked again.
  layer.slot = ask as unknown as string;
  part("status").hidden = !honoured;
  if (focused) part("link").focus();
});

/** Sees to what the page has become: the root first in the body, also should the page lose it, and marked elements at work. */
export const tend = (): void => {
  if (root && !root.isConnected) doc.body?.prepend(root);
  activate();
};
