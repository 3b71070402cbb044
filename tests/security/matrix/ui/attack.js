// Runs in a frame, a popup or a worker, knows every random name, and tells the page what it got.
(async () => {
  const scope = globalThis, place = scope.location;
  const spec = scope.spec ?? JSON.parse(decodeURIComponent((place.search || place.hash).slice(1)));
  // a shared worker speaks by the port it is given
  const port = scope.SharedWorkerGlobalScope ? await new Promise((done) => { scope.onconnect = ({ ports }) => done(ports[0]); }) : null;
  const { row, names, home } = spec, up = scope.opener ?? scope.top;
  const attempt = async (f) => { try { return await f(); } catch (error) { return error.name; } };
  const cell = { origin: scope.origin, document: typeof scope.document, webkit: typeof scope.webkit, api: typeof scope.__MILLENNIUM_INTERNALS__ };
  const tell = (message) => { if (port) port.postMessage(message); else if (up) up.postMessage(message, "*"); else scope.postMessage(message); };
  const captured = [];

  // 1. the native handler
  cell.handler = 0;
  for (const name of [names.handler, "millennium", "ipc", "external", "jsBridge"]) {
    const handler = await attempt(() => scope.webkit.messageHandlers[name]);
    if (typeof handler !== "object") continue;
    cell.handler += 1;
    await Promise.race([attempt(() => handler.postMessage(`attack ${row} handler`)), new Promise((done) => setTimeout(done, 300))]);
  }

  // 2. the private world, by its events
  if (scope.document) {
    const heard = [];
    for (const target of [scope.document, scope, await attempt(() => up.document)]) {
      if (typeof target !== "object") continue;
      for (const name of [names.hello + "a", names.hello + "b", "a", "b", "helloa", "hellob", "hello", "calls", "news"]) {
        const line = new EventTarget(), event = new MouseEvent(name, { relatedTarget: line });
        target.addEventListener(name, (other) => { if (other !== event && other.relatedTarget && !other.relatedTarget.forged) heard.push(name); });
        line.forged = true;
        line.addEventListener("taken", () => {
          heard.push("taken");
          line.dispatchEvent(new CustomEvent("calls", { detail: `1\nmark\n${JSON.stringify({ row, column: "event" })}\n` }));
        });
        target.dispatchEvent(event);
      }
    }
    cell.event = heard.length;
  }

  // 3. the byte path
  const headers = { "x-millennium-ticket": "A".repeat(22) }, url = `${home}/__millennium/ipc/?${row}`;
  const status = (options) => attempt(async () => (await fetch(url, { headers, ...options })).status);
  cell.fetch = [await status({ method: "POST", body: "x" }), await status({}), await attempt(async () => (await fetch(url)).status)];

  // 4. the sink: call the one there is, and be the one that is called
  if (scope.document) {
    cell.sink = 0;
    for (const owner of [scope, up]) {
      const sink = await attempt(() => owner[names.sink]);
      if (typeof sink === "function" && !sink.forged) {
        cell.sink += 1;
        for (let n = spec.from; n < spec.to; n += 1) sink(1, `${n}\n\n[3,"matrix:forged",{"payload":${JSON.stringify(row)},"source":""}]`);
        continue;
      }
      const forged = (...args) => { captured.push(args.join()); if (typeof sink === "function") sink(...args); };
      forged.forged = true;
      await attempt(() => { owner[names.sink] = forged; });
    }
  }

  // 5. the page's own API
  if (up) cell.parent = await attempt(() => up.__MILLENNIUM_INTERNALS__.invoke("mark", { row, column: "parent" }));
  if (cell.parent !== undefined && typeof cell.parent !== "number") cell.parent = String(cell.parent);

  scope.addEventListener("message", ({ data }) => {
    if (data === "collect") tell({ row, captured: captured.filter((text) => text.includes("matrix:secret")).length });
  });
  tell({ row, cell });
})();
