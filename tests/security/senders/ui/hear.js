// Hears what others address to this window, and tells who sent it as the bridge says.
const { invoke, listen } = window.__MILLENNIUM_INTERNALS__;
const heard = [];
for (const name of ["senders:hello", "senders:python", "millennium:forged"]) {
  listen(name, ({ payload, source, origin = "" }) => heard.push([payload, source, origin]));
}
listen("senders:end", () => setTimeout(() => invoke("report", { events: heard }), 300));
invoke("hears");
