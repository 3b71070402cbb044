// A document of ours in a frame of a foreign page.
const at = new URLSearchParams(location.search), ticket = { "x-millennium-ticket": "A".repeat(22) };
const attempt = async (f) => { try { return await f(); } catch (error) { return error.name; } };
parent.postMessage({
  origin: location.origin,
  api: typeof window.__MILLENNIUM_INTERNALS__,
  handler: typeof window.webkit?.messageHandlers?.[at.get("handler")],
  sink: typeof window[at.get("sink")],
  bytes: await attempt(async () => (await fetch("/__millennium/ipc/", { method: "POST", body: "x", headers: ticket })).status),
}, "*");
