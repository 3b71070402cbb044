// Leaves while calls are under way; the next document has calls of the same numbers.
const { invoke, channel } = globalThis.__MILLENNIUM_INTERNALS__;
const round = location.search ? "new" : "old", items = [];
const call = invoke("slow", { value: round }), streamed = invoke("stream", { to: channel((item) => items.push(item)), value: round });
if (round === "old") {
  await new Promise((done) => setTimeout(done, 120));
  invoke("slow", { value: round });
  location.href += "?next";
} else {
  const answers = [await call, await streamed];
  await new Promise((done) => setTimeout(done, 400));
  await fetch("/told?" + encodeURIComponent(JSON.stringify({ answers, items: [...new Set(items)] })));
}
