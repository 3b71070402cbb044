// Back and forward between our documents and foreign ones.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const plan = await invoke("plan"), place = location.search.slice(1) || "first";
const times = Number(sessionStorage.getItem(place) || 0) + 1;
sessionStorage.setItem(place, times);
await invoke("note", { what: { place, times, alive: await invoke("inline", { value: times }) } });
await new Promise((done) => setTimeout(done, 50));
if (place === "first" && times === 1) {
  const back = `${location.href}?second`;
  location.href = `${plan.foreign}/history.html?${new URLSearchParams({ label: plan.label, back, handler: plan.handler, hello: plan.hello, sink: plan.sink })}`;
} else if (place === "first") history.forward();
else if (times === 1) history.back();
else await fetch("/told?" + encodeURIComponent(JSON.stringify({ length: history.length })));
