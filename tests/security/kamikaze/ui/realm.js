// What a realm shows of itself: the own names of all that a script can reach without a reference.
const OBJECTS = {
  window, document, root: document.documentElement, navigator, location, history, performance,
  Object: Object.prototype, Function: Function.prototype, Array: Array.prototype,
  Promise: Promise.prototype, EventTarget: EventTarget.prototype, Window: Window.prototype,
  Document: Document.prototype, JSON, Reflect, internals: globalThis.__MILLENNIUM_INTERNALS__,
};
const { ownKeys } = Reflect;
export const look = () => Object.fromEntries(
  Object.entries(OBJECTS).map(([name, object]) => [name, ownKeys(object).map(String)]),
);
export const difference = (before, after) => Object.keys(after).flatMap((name) => [
  ...after[name].filter((key) => !before[name].includes(key)).map((key) => `${name}: +${key}`),
  ...before[name].filter((key) => !after[name].includes(key)).map((key) => `${name}: -${key}`),
]);
export const symbols = () => Object.getOwnPropertySymbols(window).length;
