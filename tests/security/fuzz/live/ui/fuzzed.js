// Says anything at all through what the page has: calls, channels, listeners, events. Whatever it
// says, each call settles; at the end, ordinary ones are answered as ever.
import { Channel, invoke, listen, once } from "@millennium/api";
import { emit, emitTo } from "@millennium/api/event";

const { seed, rounds } = await invoke("settings");
document.dispatchEvent(new Event("fuzzed"));
let state = seed ^ 0x5bd1e995;
const below = (n) => { // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % n;
};
const pick = (list) => list[below(list.length)];
const nest = (n) => { let value = []; for (let i = 0; i < n; i += 1) value = pick([true, false]) ? [value] : { a: value }; return value; };
const proto = () => JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}');
const around = () => { const value = {}; value.self = value; return value; };
const values = [
  () => pick([null, undefined, true, false, 0, -0, NaN, Infinity, 2 ** 53 + 2, -1e308, 5e-324]),
  () => pick(["", "a", "\0", "a\0b", "\ud800", "\udc00\ud800", "\ud83d\ude00", "\u2028\u2029", "</script>", "'+x+'", "\\", "\n\r", "x".repeat(1e5)]),
  () => String.fromCharCode(...Array.from({ length: below(40) }, () => below(65536))),
  () => pick([1, 10, 100, 1000, 20000].map((n) => () => nest(n)))(),
  proto,
  around,
  () => Object.assign(Object.create(null), { value: 1 }),
  () => ({ toJSON() { throw new Error("x"); } }),
  () => ({ get value() { throw new Error("x"); } }),
  () => new Proxy({}, { ownKeys() { throw new Error("x"); } }),
  () => pick([10n, Symbol("x"), () => 1, class {}, new Date(NaN), /x/g, new Map(), new Set([1]), new Error("x"), globalThis, document]),
  () => pick([new ArrayBuffer(0), new Uint8Array(9), new DataView(new ArrayBuffer(3)), new Blob(["x"]), new Float64Array(70000)]),
  () => Array.from({ length: below(2000) }, (_, i) => i),
  () => ({ value: pick(values)() }),
  () => [pick(values)(), pick(values)()],
];
const value = () => pick(values)();
const names = ["echo", "anything", "numbers", "upload", "ask", "stream", "fail", "event.emit", "event.emit_to", "app.name", "fs.read_text", "", "hello 1", "__proto__", "constructor", "toString", "a\nb", "\0", "\ud800", "x".repeat(1e5)];
const topics = ["news", "millennium:ready", "", "a b", "__proto__", "\0", "\ud800", "x".repeat(65), "a/b:c_d-1"];
const keys = ["value", "data", "note", "to", "items", "first", "values", "flag", "code", "message", "request", "__proto__", "\ud800", ""];
const args = () => {
  if (below(3) === 0) return value();
  const made = {};
  for (let i = below(4); i > 0; i -= 1) Object.defineProperty(made, pick(keys), { value: value(), enumerable: true, configurable: true, writable: true });
  return made;
};
const options = () => pick([undefined, undefined, null, 1, {}, { headers: { a: "b" } }, { headers: value() }, { args: value() }, { signal: AbortSignal.abort() }, { signal: AbortSignal.timeout(below(20)) }, { signal: 1 }]);
const verbs = [
  () => invoke(pick(names), args(), options()),
  () => invoke(pick(names), args(), options()),
  () => globalThis.__MILLENNIUM_INTERNALS__.invoke(value(), value(), value()),
  () => emit(pick(topics), value()),
  () => emitTo(pick(["calm", "fuzzed", "nobody", "", "\0"]), pick(topics), value()),
  () => invoke("stream", { to: new Channel(() => { if (below(9) === 0) throw new Error("x"); }), items: [value(), value()] }),
  () => invoke("stream", { to: pick(["channel:1", "channel:-1", "channel:1e9", null, {}]), items: [] }),
  () => { const stop = listen(pick(topics), () => 1); if (below(2)) stop(); },
  () => { once(value(), value()); },
  () => { const line = new Channel(value()); if (below(2)) line.close(); },
  () => invoke("fail", { code: value(), message: value() }),
];
const large = [
  () => invoke("anything", { value: "x".repeat(17 * 1024 * 1024) }),
  () => invoke("echo", { value: "y".repeat(3 * 1024 * 1024) }),
  () => invoke("upload", new Uint8Array(4 * 1024 * 1024)),
  () => emit("news", "z".repeat(17 * 1024 * 1024)),
  () => invoke("anything", { value: nest(100000) }),
];

const tally = { calls: 0, resolved: 0, rejected: 0, threw: 0, unsettled: 0 };
const patience = (promise) => new Promise((done) => {
  const clock = setTimeout(() => { tally.unsettled += 1; done(); }, 15000);
  const finish = (kind) => () => { clearTimeout(clock); tally[kind] += 1; done(); };
  Promise.resolve(promise).then(finish("resolved"), finish("rejected"));
});
const say = (verb) => {
  tally.calls += 1;
  try {
    return patience(verb());
  } catch {
    tally.threw += 1;
    return undefined;
  }
};
addEventListener("error", (event) => event.preventDefault());
addEventListener("unhandledrejection", (event) => event.preventDefault());
for (let round = 0; round < rounds; round += 50) {
  await Promise.all(Array.from({ length: 50 }, () => say(pick(verbs))));
}
for (const verb of large) await say(verb);
while (!document.documentElement.dataset.raw) await new Promise((done) => setTimeout(done, 50));
await invoke("report", {
  result: {
    ...tally,
    raw: JSON.parse(document.documentElement.dataset.raw),
    echo: await invoke("echo", { value: "still here" }),
    polluted: {}.polluted === true,
  },
});
