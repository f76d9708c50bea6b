/** What a page has come to, once it is at rest: the body of a function. */
if (!window.consentryBench) return null; // A click has led to another page.
const { first, visible, paints, shift, tasks, scripts, events } = consentryBench;
const paint = performance.getEntriesByName("first-contentful-paint")[0];
const own = paints.filter(([, banner]) => !banner).at(-1);
const files = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
return {
  first,
  visible,
  fcp: paint ? paint.startTime : null,
  lcp: own ? own[0] : null,
  shift,
  tasks,
  scripts,
  events,
  requests: files.map(({ name, encodedBodySize, responseEnd }) => [name, encodedBodySize, responseEnd]),
};
