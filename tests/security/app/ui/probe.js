// Runs in a frame or a worker and tells the top window what it can reach.
(async () => {
  const scope = globalThis, tell = (cell) => {
    const message = { name: scope.probeName || decodeURIComponent((scope.location.hash || "#worker").slice(1)), cell };
    if (scope.document) scope.top.postMessage(message, "*"); else scope.postMessage(message);
  };
  const attempt = async (f) => { try { return await f(); } catch { return "blocked"; } };
  const cell = { api: typeof scope.__MILLENNIUM_INTERNALS__ };
  cell.handlers = !scope.webkit?.messageHandlers ? "none"
    : Object.getOwnPropertyNames(scope.webkit.messageHandlers).join() || (scope.webkit.messageHandlers.exposed ? "exposed" : "none");
  if (scope.document) {
    cell.parent = await attempt(() => scope.top.__MILLENNIUM_INTERNALS__.invoke("inline", { value: 7 }));
    let heard = 0;
    for (const target of [scope.document, scope, await attempt(() => scope.top.document)]) {
      if (typeof target === "string") continue;
      for (const name of ["a", "b", "hello", "helloa", "hellob", "taken", "news", "calls"]) {
        target.addEventListener(name, (event) => { if (!event.ours) heard += 1; });
        const line = new EventTarget(), event = new MouseEvent(name, { relatedTarget: line });
        event.ours = true;
        for (const answer of ["taken", "news", "calls"]) line.addEventListener(answer, () => { heard += 1; });
        target.dispatchEvent(event);
      }
    }
    cell.heard = heard;
  }
  const headers = { "x-millennium-ticket": "A".repeat(22) }, url = "millennium://localhost/__millennium/ipc/";
  const status = (options) => attempt(async () => (await fetch(url, { headers, ...options })).status);
  cell.post = await status({ method: "POST", body: "x" });
  cell.get = await status({});
  tell(cell);
})();
