/** The choice cookie: the same form, and the same refusal of any other form, as `choice.rs` of the core. */
import { FLAGS, GRANTS, SERVICES } from "./fields";
import { guard } from "./guard";
import { cookieName, cookieTail, doc } from "./page";

/** A stored choice, or a stored signal: the fields of the cookie's value, at the positions of fields.ts. */
export type Choice = string[];

/** No choice. Reading a cookie may also fail altogether, in a sandboxed document. */
export type None = null | undefined;

// Everything that makes a choice sound is in its form. Grants are odd: required is bit 0. Flags (at most 1f) are odd, hence
// explicit, unless the action is a signal (g), which in turn overrides nothing (2); an override of no signal (3) is none. Services
// are at most 20 bytes, the last of them not zero. Records are UUIDv7.
const FORM =
  /^1\.[\da-f]{16}\.[\da-f][13579bdf]\.[01]([1579bdf]\.[arsw]|[014589cd]\.g)\.[bpfigd]\.(([\da-f]{2}){0,19}(?!00)[\da-f]{2})?\.[\da-f]{32}\.[\da-f]{12}7[\da-f]{3}[89ab][\da-f]{15}\.([\da-f]{12}7[\da-f]{3}[89ab][\da-f]{15})?$/;

/** A choice from a cookie value; `null`, hence "ask", for anything the core would not have written. */
export const parseChoice = (value: string): Choice | null => (FORM.test(value) ? value.split(".") : null);

/** A number from hexadecimal digits; zero from none. */
export const number = (digits: string): number => +`0x0${digits}`;

/** Hexadecimal digits of a number below a power of sixteen, with its zeros: of a byte, unless told otherwise. */
export const hex = (number: number, below = 256): string => (number + below).toString(16).slice(1);

export const flagsOf = (choice: Choice | None): number => (choice ? number(choice[FLAGS]!) : 0);
export const grantsOf = (choice: Choice | None): number => (choice ? number(choice[GRANTS]!) : 0);

/** Whether a choice refuses the service at this position by name. */
export const refuses = (choice: Choice | None, index: number): number | None =>
  choice && (number(choice[SERVICES]!.substr((index >> 3) * 2, 2)) >> (index & 7)) & 1;

// With cookies blocked the choice lives as long as this page.
let memory: Choice | null = null;

const stored = (): string => `; ${doc.cookie}`.split(`; ${cookieName}`)[1]!.split(";")[0]!;

/** What is stored now, whoever stored it. */
export const read = guard((): Choice | null => memory || parseChoice(stored()));

/** Forgets the choice. */
export const forget = guard((): void => {
  memory = null;
  // Of two ages the last one counts.
  doc.cookie = `${cookieName}${cookieTail};max-age=0`;
});

/** Stores a choice. Something true when only this page will know of it; not known yet where that can be found out `later`. */
export const write = (choice: Choice, later?: unknown): unknown => {
  const value = choice.join(".");
  memory = choice;
  guard(() => {
    doc.cookie = cookieName + value + cookieTail;
  })();
  const look = guard(() => {
    if (stored() == value) memory = null;
  });
  // To read what was just written is to wait for another process, and a click waits with it.
  if (later) setTimeout(look);
  else look();
  return memory;
};
