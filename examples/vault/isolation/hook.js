// --8<-- [start:hook]
// Sees each call before it leaves the page; what it throws is what the page gets.
const PAUSE = 1000;
let last = -PAUSE;

window.__MILLENNIUM_ISOLATION_HOOK__ = (call) => {
  if (call.command !== "forget") return call;
  const { forgotten } = call.args, now = performance.now();
  if (!Array.isArray(forgotten) || forgotten.length > 1) throw new Error("One secret at a time.");
  if (now - last < PAUSE) throw new Error("Not so fast.");
  last = now;
  return call;
};
// --8<-- [end:hook]
