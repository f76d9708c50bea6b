/** Runs in every measured page before anything else: notes when things are seen, what moved, and how long it took. */
(() => {
  const banner = BANNER;
  const seen = (el) => {
    const box = el.getBoundingClientRect();
    if (!el.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth || box.width * box.height < 1000) return false;
    let opacity = 1;
    for (let at = el; at; at = at.parentElement) opacity *= +getComputedStyle(at).opacity;
    return opacity >= 0.5;
  };
  const bench = (window.consentryBench = { first: null, visible: null, paints: [], shift: 0, tasks: [], scripts: [], events: [] });
  const watch = (type, note, options) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true, ...options });
  watch("largest-contentful-paint", (entry) => bench.paints.push([entry.startTime, !!(banner && entry.element?.closest(banner))]));
  watch("layout-shift", (entry) => (bench.shift += entry.hadRecentInput ? 0 : entry.value));
  watch("longtask", (entry) => bench.tasks.push(entry.duration));
  watch("long-animation-frame", (entry) => bench.scripts.push(...entry.scripts.map((script) => [script.sourceURL, script.duration])));
  watch("event", (entry) => entry.interactionId && bench.events.push([entry.name, entry.duration]), { durationThreshold: 16 });
  // What is true in a frame's callback is painted at its end: the next task is the first to come after that.
  const after = (note) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => note(performance.now());
    port2.postMessage(0);
  };
  const look = () => {
    if (bench.first === null && document.querySelector("h1")) {
      bench.first = 0;
      after((now) => (bench.first = now));
    }
    if (banner && [...document.querySelectorAll(banner)].some(seen)) after((now) => (bench.visible = now));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
