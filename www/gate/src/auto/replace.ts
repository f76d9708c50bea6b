/** Putting something of ours in the place of what the browser has; on a page that has frozen it, as far as that goes. */
import { warn } from "./hold";

/** Changes a property's descriptor. What is not there needs no guard; what cannot be changed is told once. */
export const replace = (owner: object | undefined, name: string, change: (was: PropertyDescriptor) => PropertyDescriptor): void => {
  const was = owner && Object.getOwnPropertyDescriptor(owner, name);
  if (!was) return;
  try {
    Object.defineProperty(owner!, name, { ...was, ...change(was) });
  } catch {
    warn(`another script has frozen ${name}; what it loads cannot be held.`);
  }
};

/** Replaces a method. */
export const replaceMethod = (owner: object | undefined, name: string, make: (was: Function) => Function): void =>
  replace(owner, name, ({ value }) => ({ value: make(value) }));
