/** Brings the banner in when it is wanted, and stands in for it when it cannot come. */
import { bridge, opener } from "./bridge";
import type { BannerModule } from "./bridge";
import { emit } from "./commit";
import { ask } from "./decide";
import { guard } from "./guard";
import { base, payload } from "./page";
import { post } from "./send";

/** It is here or on its way: it will do the recording. */
export let expected: unknown;

// Resolves to how the preferences are opened.
let running: Promise<() => void> | undefined;

const openPage = () => {
  location.href = `${base}/${payload.site}/preferences?lang=${payload.language}&return=${encodeURIComponent(location.pathname + location.search)}`;
};

/** Loads and starts it, once. */
export const start = (): Promise<() => void> => {
  if (!running) {
    expected = 1;
    running = (import(`${base}/${payload.banner}`) as Promise<BannerModule>)
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

/** Starts it when the browser is idle, if there is something to ask. Safari has no requestIdleCallback. */
export const startIdle = guard(() => ask && (expected = (window.requestIdleCallback || setTimeout)(start)));

/** Opens the preferences: in the banner, or as a page of their own. */
export const open = (): void => {
  emit("open");
  start().then((opens) => opens());
};
