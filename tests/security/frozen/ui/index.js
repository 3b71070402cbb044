// Plants into Object.prototype in every way it knows, then uses the bridge.
const { invoke, listen, channel } = globalThis.__MILLENNIUM_INTERNALS__;
// without a prototype: one of the ways is called "constructor", which could not be assigned
const result = { planted: { __proto__: null }, works: {} };
const plant = (how, f) => {
  const name = `planted ${how}`;
  try { f(name); } catch { /* refused: the look below says it */ }
  result.planted[how] = name in {};
};
plant("assignment", (name) => { Object.prototype[name] = 1; });
plant("defineProperty", (name) => Object.defineProperty(Object.prototype, name, { value: 1 }));
plant("reflect", (name) => Reflect.set(Object.prototype, name, 1));
plant("proto", (name) => { ({}).__proto__[name] = 1; });
plant("constructor", (name) => { ({}).constructor.prototype[name] = 1; });
plant("getPrototypeOf", (name) => { Object.getPrototypeOf({})[name] = 1; });
plant("merge", (name) => {
  const merge = (to, from) => { for (const key in from) if (typeof from[key] === "object") merge(to[key], from[key]); else to[key] = from[key]; };
  merge({}, JSON.parse(`{"__proto__":{"${name}":1}}`));
});
plant("path", (name) => { [][`constructor`][`__proto__`][`__proto__`][name] = 1; });
plant("getter", (name) => Object.prototype.__defineGetter__(name, () => 1));
result.replaced = (() => { try { Object.prototype.toString = () => "mine"; } catch { /* refused */ } return `${{}}` === "mine"; })();
result.isFrozen = Object.isFrozen(Object.prototype);
result.override = (() => { const o = {}; try { o.toString = () => "own"; return "assigned"; } catch (e) { return e.name; } })();
result.defined = (() => { const o = {}; Object.defineProperty(o, "toString", { value: () => "own" }); return `${o}`; })();
result.literal = `${{ toString: () => "own" }}`;

result.works.echo = await invoke("echo", { text: "x" }).catch((e) => String(e));
result.works.bytes = await invoke("size", new Uint8Array(3)).catch((e) => String(e));
result.works.channel = await new Promise((done) => invoke("count", { to: channel(done) }));
result.works.error = await invoke("nobody").catch((e) => e.code);
result.works.listen = typeof listen("a", () => {});
await invoke("report", { result });
