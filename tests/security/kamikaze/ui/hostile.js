// Replaces what it can, looks for the names of questions all the time, and misuses what it finds.
import { look, difference } from "./realm.js";
const { invoke, label } = globalThis.__MILLENNIUM_INTERNALS__;
const { ownKeys, apply, defineProperty } = Reflect;
const own = new Set(ownKeys(window));
const NAME = /^[ab][0-9a-f]{32}$/;
const test = RegExp.prototype.test.call.bind(RegExp.prototype.test);
const found = {}, leaked = [], inherited = [], before = look();
const note = (from, value) => { if (typeof value === "string" && test(NAME, value)) leaked.push(`${from}: ${value}`); };

// what the bootstrap could stumble over: replaced built-ins, a Proxy as prototype
for (const [owner, key] of [
  [Object, "defineProperty"], [Reflect, "deleteProperty"], [Reflect, "defineProperty"], [JSON, "parse"],
  [JSON, "stringify"], [Promise.prototype, "then"], [Array.prototype, "push"], [Function.prototype, "call"],
  [Function.prototype, "apply"], [Map.prototype, "get"], [Map.prototype, "set"], [globalThis, "queueMicrotask"],
  [EventTarget.prototype, "dispatchEvent"],
]) {
  const real = owner[key];
  defineProperty(owner, key, { configurable: true, writable: true, value(...args) {
    for (let i = 0; i < args.length; i++) note(key, args[i]);
    return apply(real, this, args);
  } });
}
const inherit = () => Object.setPrototypeOf(EventTarget.prototype, new Proxy(Object.prototype, {
  __proto__: null,
  has(target, key) {
    if (typeof key === "string" && test(NAME, key)) inherited.push([key, ownKeys(window).includes(key)]);
    return key in target;
  },
}));
const result = {};
try { inherit(); } catch (e) { result.proxy = String(e); }

const ask = (script, more = {}) => invoke("ask", { script, timeout: 2, ...more });
const attack = {
  // calls it first, with an answer of its own
  forge: (a) => a(() => () => "forged", "null"),
  twice: (a) => { a(() => () => "first", "null"); a(() => () => "second", "null"); },
  both: (a, b) => { b("sibling"); a(() => () => "first", "null"); b("again"); },
  keep: () => {},
  stays: () => {},
  // makes it stay, as a function of its own
  nail: (a, b, names) => names.forEach((name, at) => defineProperty(window, name, { __proto__: null, value: at ? b : a, configurable: false })),
}[label];
let looking = true, kept = [];
const spy = new MessageChannel();
spy.port1.onmessage = () => {
  const names = ownKeys(window).filter((key) => typeof key === "string" && !own.has(key) && test(NAME, key));
  if (names.length === 2 && !found[names[0]]) {
    found[names[0]] = Object.getOwnPropertyDescriptor(window, names[0]).enumerable;
    kept = names.map((name) => window[name]);
    attack(kept[0], kept[1], names);
  }
  if (looking) spy.port2.postMessage(0);
};
spy.port2.postMessage(0);
const answers = [];
// the names are there for less than a millisecond: not every look finds them
for (let i = 0; i < 20 || (!Object.keys(found).length && i < 3000); i++) {
  kept = [];
  answers.push(await ask(`() => Object.getOwnPropertyNames(window).filter((name) => ${NAME}.test(name)).length`));
  // what was kept is called again, when all is over
  if (kept.length) { kept[0](() => () => "kept", "null"); kept[1]("kept"); }
}
looking = false;
result.asked = answers.length;
result.answers = [...new Set(answers.map(String))].sort();
result.found = Object.keys(found).length;
result.enumerable = Object.values(found).includes(true);
result.leaked = leaked;
result.live = inherited.filter(([, isThere]) => isThere).length;
result.left = ownKeys(window).filter((key) => typeof key === "string" && test(NAME, key)).length;
await new Promise((done) => setTimeout(done, 100));
result.told = await invoke("how_often");
result.difference = difference(before, look());
await invoke("report", { result });
