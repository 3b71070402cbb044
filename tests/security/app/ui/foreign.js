// A document of another origin in the top frame; it reports by a request that the test build takes.
const attempt = async (f) => { try { return await f(); } catch { return "blocked"; } };
const internals = window.__MILLENNIUM_INTERNALS__, options = { method: "POST", body: "x", headers: { "x-millennium-ticket": "A".repeat(22) } };
const cell = {
  origin: location.origin,
  api: typeof internals,
  handlers: window.webkit?.messageHandlers ? Object.getOwnPropertyNames(window.webkit.messageHandlers).join() || "none" : "none",
  answer: internals ? await attempt(() => internals.invoke("inline", { value: 7 })) : "none",
  own: await attempt(async () => (await fetch(location.origin + "/__millennium/ipc/", options)).status),
  ours: await attempt(async () => (await fetch("millennium://localhost/__millennium/ipc/", options)).status),
};
await fetch(location.origin + "/told?" + encodeURIComponent(JSON.stringify(cell)));
