/** HTML of the edge's as an element, with the style sheet that it needs: adopted with the first of them, as most pages need none. */
import type { Bridge } from "../bridge";
import type { Later } from "../wire";

let styled = false;

export const make = (gate: Bridge, { css }: Later, html: string): HTMLElement => {
  if (!styled) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    styled = true;
  }
  const template = document.createElement("template");
  template.innerHTML = gate.trust().createHTML(html);
  return template.content.firstElementChild as HTMLElement;
};
