// Asked 10 000 times, listens, streams and gives up: its realm is as it was.
import { look, difference, symbols } from "./realm.js";
const { invoke, listen, channel, label } = globalThis.__MILLENNIUM_INTERNALS__;
const TIMES = label === "quiet" ? 10_000 : 500;
const result = {};
const ask = (script, more = {}) => invoke("ask", { script, ...more });
const watch = async (name, use) => {
  const before = look(), ofSymbols = symbols();
  let mutations = 0;
  const observer = new MutationObserver((records) => { mutations += records.length; });
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const value = await use();
  mutations += observer.takeRecords().length;
  observer.disconnect();
  result[name] = { value, difference: difference(before, look()), mutations, symbols: symbols() - ofSymbols };
};

await watch("asked", () => invoke("ask_many", { times: TIMES }));
await watch("failed", async () => (await Promise.all([
  ask("() => { throw new TypeError('no'); }"),
  ask("() => { not JavaScript"),
  ask("() => 1n"),
  ask("5"),
  ask("() => document.title + '</script>\u2028\\n\"'"),
])).join("|"));
const odd = {
  symbol: "() => { throw Symbol('odd'); }",
  bare: "() => { throw Object.create(null); }",
  text: "() => { throw { toString() { throw Symbol('odd'); } }; }",
  proxy: "() => { throw new Proxy({}, { get() { throw null; } }); }",
  null: "() => { throw null; }",
  undefined: "() => { throw undefined; }",
  nothing: "() => Promise.reject()",
  half: "() => { throw '\\ud800'; }",
  long: "() => { throw '\\u0001'.repeat(2 ** 24); }",
  json: "() => ({ toJSON() { throw Symbol('odd'); } })",
};
await watch("odd", async () => {
  const said = {};
  for (const name of Object.keys(odd)) said[name] = (await ask(odd[name])).slice(0, 80);
  return said;
});
await watch("late", async () => {
  const said = await ask("() => new Promise((done) => setTimeout(() => done('late'), 300))", { timeout: 0.05 });
  await new Promise((done) => setTimeout(done, 500));
  return said;
});
await watch("listened", async () => {
  let heard = 0;
  for (let i = 0; i < 1000; i++) {
    await new Promise((done) => {
      const stop = listen("once:more", () => { stop(); heard++; done(); });
      invoke("emit");
    });
  }
  return heard;
});
await watch("streamed", async () => {
  let items = 0, ends = 0;
  await Promise.all(Array.from({ length: 200 }, () => invoke("count", { to: channel(() => { items++; }, () => { ends++; }), items: 5 })));
  return [items, ends];
});
await watch("aborted", async () => {
  const codes = await Promise.all(Array.from({ length: 200 }, () => {
    const stop = new AbortController();
    const call = invoke("doze", { seconds: 0.2 }, { signal: stop.signal }).catch((e) => e.code);
    setTimeout(() => stop.abort(), 20);
    return call;
  }));
  await new Promise((done) => setTimeout(done, 400));
  return [...new Set(codes)];
});
const begin = performance.now();
for (let i = 0; i < 500; i++) await invoke("echo", { number: i });
result.call = (performance.now() - begin) * 2;
result.question = await invoke("ask_slowly", { times: 500 });
result.told = await invoke("how_often");
await invoke("report", { result });
