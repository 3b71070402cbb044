// What a page at the loopback address can do; it tells so by asking for a file.
const found = { origin: location.origin, ran: [] };
globalThis.mark = (name) => found.ran.push(name);
const script = document.createElement("script");
script.textContent = "mark('inline script')";
document.body.append(script);
try { (0, eval)("mark('eval')"); } catch { /* refused */ }
const within = (promise, milliseconds) => Promise.race([promise, new Promise((done) => setTimeout(done, milliseconds, "no answer"))]);
found.bridge = typeof globalThis.__MILLENNIUM_INTERNALS__;
if (found.bridge === "object") {
  const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
  found.echo = await within(invoke("echo", { value: "heard" }).catch((error) => error.code), 3000);
  const long = "x".repeat(400_000);
  found.bytes = await within(invoke("echo", { value: long }).then((text) => text === long, (error) => error.code), 3000);
}
found.service = await within(navigator.serviceWorker ? navigator.serviceWorker.register("/work.js").then(() => "registered", (error) => error.name) : "absent", 3000);
const status = (path, options) => fetch(path, options).then((response) => response.status, (error) => error.name);
found.posted = await status("/", { method: "POST", body: "x" });
found.missing = await status("/missing.js");
found.ipc = await status("/__millennium/ipc/");
await fetch(`/told/${location.hash.slice(1)}?${encodeURIComponent(JSON.stringify(found))}`);
