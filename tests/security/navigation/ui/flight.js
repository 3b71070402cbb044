// Leaves while calls are under way; the next document has calls of the same numbers.
const { invoke, channel } = globalThis.__MILLENNIUM_INTERNALS__;
const round = location.search ? "new" : "old", items = [];
const call = invoke("slow", { value: round }), streamed = invoke("stream", { to: channel((item) => items.push(item)), value: round });
if (round === "old") {
  const last = () => new Promise((done) => setTimeout(done, 120));
  await last();
  invoke("slow", { value: round });
  location.href += "?next";
} else {
  const answers = [await call, await streamed];
  await new Promise((done) => setTimeout(done, 600));
  await fetch("/told?" + encodeURIComponent(JSON.stringify({ answers, items: [...new Set(items)] })));
}
