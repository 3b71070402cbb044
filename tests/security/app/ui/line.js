// The attacker knows the random names, and the page may rewrite itself.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const names = await invoke("names"), heard = [];
const own = new EventTarget();
for (const kind of ["taken", "news", "calls"]) own.addEventListener(kind, () => heard.push(kind));
for (const kind of ["a", "b"]) {
  document.addEventListener(names.hello + kind, (event) => { if (event.relatedTarget !== own) heard.push("offer " + kind); });
}
document.dispatchEvent(new Event(names.hello + "b"));
const asked = heard.filter((kind) => kind !== "offer b").join();
document.dispatchEvent(new MouseEvent(names.hello + "a", { relatedTarget: own }));
const offered = heard.filter((kind) => kind === "taken").join();
const reachable = {
  sink: typeof window[names.sink], handler: typeof window.webkit?.messageHandlers?.[names.handler],
};
await invoke("report", { result: { asked, offered, reachable } });
