/** Tags that scripts write as text: the browser acts on them at once, so they are marked before it sees them. */
import { guard } from "../guard";
import type { Gate } from "../part";
import { page } from "../part-tools";
import { heldOwner, marksOf } from "./hold";
import type { Owner } from "./match";
import { replace, replaceMethod } from "./replace";

declare const GATE: Gate;

const TAG = /<(script|iframe|img|link|video|audio|source|embed|object)\s(?:"[^"]*"|'[^']*'|[^"'>])*>/gi;
const ADDRESS = /(\s)(src|srcset|href|data|poster)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)/gi;
const LINKS = /\srel\s*=\s*["']?[^"'>]*(stylesheet|pre|icon)/i;

/** The same text, every held address kept in `data-` and marked. A tag that comes in several calls is not recognised. */
export const rewrite = (html: string): string =>
  html.replace(TAG, (tag, name: string) => {
    let owner: Owner | undefined;
    if (name.toLowerCase() == "link" && !LINKS.test(tag)) return tag;
    const changed = tag.replace(ADDRESS, (whole, space: string, attribute: string, value: string) => {
      const address = value.replace(/^["']|["']$/g, "").replace(/&amp;/g, "&");
      const found = heldOwner(address.split(/\s/)[0]);
      owner = found || owner;
      return found ? `${space}data-${attribute}=${value}` : whole;
    });
    if (!owner || /\sdata-category\s*=/i.test(tag)) return tag;
    const [category, service] = marksOf(owner);
    const script = name.toLowerCase() == "script";
    const marks = ` data-category="${category}"${service ? ` data-service="${service}"` : ""}${script ? ` type="text/plain"` : ""}`;
    const rest = changed.slice(name.length + 1);
    // What stands inside of a script with an address is no code.
    return `<${name}${marks}${script ? rest.replace(/\stype\s*=/i, " data-type=") : rest}`;
  });

/** The same for whatever a sink of text was given. Only what the page's own policies have made stays trusted. */
const better = (given: unknown): unknown => {
  const text = String(given);
  const rewritten = guard(rewrite)(text) ?? text;
  return rewritten == text ? given : typeof given == "string" ? rewritten : GATE.trust().createHTML(rewritten);
};

/** Stands between scripts and the document. The gate's own `write`, for what it releases, comes before it and calls it. */
export const guardWrites = (): void => {
  const doc = document;
  for (const name of ["write", "writeln"] as const) {
    const was = doc[name];
    doc[name] = (...parts: any[]) => was.apply(doc, parts.map(better) as string[]);
  }
  const proto = page.Element.prototype;
  replace(proto, "innerHTML", ({ set }) => ({
    set(this: Element, html: unknown) {
      set!.call(this, better(html));
    },
  }));
  replaceMethod(proto, "insertAdjacentHTML", (insert) =>
    function (this: Element, where: string, html: unknown) {
      insert.call(this, where, better(html));
    },
  );
};
