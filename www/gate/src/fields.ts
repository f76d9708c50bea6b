/** Where the choice cookie has what: positions between its dots, as `choice.rs` of the core documents them. */
export const FINGERPRINT = 1;
export const GRANTS = 2;
export const FLAGS = 3;
export const ACTION = 4;
export const SOURCE = 5;
export const SERVICES = 6;
export const SUBJECT = 7;
export const RECORD = 8;
export const PREVIOUS = 9;
