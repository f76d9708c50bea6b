/**
 * Keeps a refusal from being forgotten where things run until they are refused. Browsers keep a cookie for 400 days at most, and the
 * laws there know no end of an opt-out (Colorado 4 CCR 904-3 Rule 5.09, 11 CCR §7025), so whoever comes back has it written again.
 */
import type { Bridge } from "../bridge";
import { RECORD } from "../fields";
import { COOKIE, DAY } from "../wire";

/** Days after a decision from which its cookie is written again. */
const RENEWED_AFTER = 30;

export const renew = ({ payload, choice }: Bridge): void => {
  const value = choice();
  // Elsewhere it is asked for anew when its time is over.
  if (!payload.model || !value) return;
  const made = parseInt(value.split(".")[RECORD]!.slice(0, 12), 16);
  if (Date.now() - made < RENEWED_AFTER * DAY) return;
  const [prefix, tail] = payload.cookie;
  const secure = location.protocol == "https:";
  document.cookie = `${secure ? prefix : ""}${COOKIE}=${value}${tail}${secure ? ";secure" : ""}`;
};
