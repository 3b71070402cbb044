// Calls sealed and plain commands with texts that the host looks for on the wire.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const say = (name, args) => invoke(name, args).catch((e) => `${e.code}: ${e.message}`);
const result = {};
for (const name of ["inline", "pool", "later", "plain"]) result[name] = await say(name, { text: `marked-${name}` });
result.failing = await say("failing", { text: "marked-failing" });
result.wrong = await say("inline", { txt: "marked-wrong" });
result.headers = await invoke("inline", { text: "marked-headers" }, { headers: { "x-a": "b" } });
result.large = await say("inline", { text: "x".repeat(3e5) });
result.largeAnswer = (await say("repeated", { times: 1e6 })).length;
result.bytes = await say("octets", {});
result.words = await say("inline", { text: "é世界 \u{1F680} marked-words" });
const order = Array.from({ length: 300 }, (_, i) => i);
result.many = (await Promise.all(order.map((i) => say(["inline", "pool", "later", "plain"][i % 4], { text: `${i}` })))).every((text, i) => text === `${i}`);
result.aborted = await (async () => {
  const stop = new AbortController(), call = invoke("slow", {}, { signal: stop.signal }).catch((e) => e.code);
  setTimeout(() => stop.abort(), 20);
  return call;
})();
result.seen = await say("seen", {});
await say("report", { result });
