/** Brings the banner in when it is wanted, and stands in for it when it cannot come. */
import { bridge, opener } from "./bridge";
import type { BannerModule } from "./bridge";
import { tell } from "./commit";
import { ask, grants, valid } from "./decide";
import { SERVICES } from "./fields";
import { base, everything, payload } from "./page";
import { post } from "./send";

/** It is here or on its way: it will do the recording. */
export let expected: unknown;

// Resolves to how the preferences are opened.
let running: Promise<() => void> | undefined;

const openPage = () => {
  location.href = base + payload.page + encodeURIComponent(location.pathname + location.search);
};

const bring = (file: string) => import(`${base}/${file}`) as Promise<BannerModule>;

// What comes later, once.
let later: unknown;

/** Brings it in; says what was withdrawn, if that is why. */
export const startLater = (lost?: string[]): void => {
  // Whoever wants it next tries again.
  later ||= bring(payload.later).then((module) => module.start(bridge(), lost)).catch(() => (later = 0));
};

/** Loads and starts it, once. */
export const start = (): Promise<() => void> => {
  if (!running) {
    expected = 1;
    running = bring(payload.banner)
      .then((module) => module.start(bridge()))
      .then(
        () => opener || openPage,
        () => {
          expected = 0;
          post();
          return openPage;
        },
      );
  }
  return running;
};

/** Brings in what there is work for, soon after the page has loaded. Not when the browser is idle: a frame of a busy one may never be. */
export const startSoon = (): void => {
  expected ||= ask;
  setTimeout(() => {
    if (expected) start();
    if (grants < everything || valid?.[SERVICES]) startLater();
  }, 100);
};

/** Opens the preferences: in the banner, or as a page of their own. */
export const open = (): void => {
  tell(1);
  start().then((opens) => opens());
};
