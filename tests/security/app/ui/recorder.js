// After boot the page replaces whatever it can and records every value that comes by. It keeps
// pristine copies of what it uses itself; what it recorded is searched for secrets by the app.
(async () => {
  const { invoke, listen, channel } = globalThis.__MILLENNIUM_INTERNALS__;
  const { apply, construct, ownKeys, getOwnPropertyDescriptor: describe, getPrototypeOf, setPrototypeOf } = Reflect;
  const { defineProperty } = Object, tagOf = Object.prototype.toString, isArray = Array.isArray;
  const free = (f) => (self, ...rest) => apply(f, self, rest);
  const getter = (owner, key) => free(describe(owner.prototype, key).get);
  const detailOf = getter(CustomEvent, "detail"), relatedOf = getter(MouseEvent, "relatedTarget"), typeOf = getter(Event, "type");
  const eachHeader = free(Headers.prototype.forEach), eachOfMap = free(Map.prototype.forEach);
  const seen = new Set(), add = free(Set.prototype.add), slice = free(String.prototype.slice);
  const sizeOf = getter(Set, "size"), text = String, own = new Set(), has = free(Set.prototype.has);
  let busy = false, hits = 0, failures = 0;

  const keep = (value) => { if (sizeOf(seen) < 20000) add(seen, value); };
  const note = (value, depth = 0) => {
    if (typeof value === "string") { keep(value.length > 9000 ? slice(value, 0, 9000) : value); return; }
    if (value === null || (typeof value !== "object" && typeof value !== "function") || value === window || has(own, value)) return;
    const tag = apply(tagOf, value, []);
    if (tag === "[object EventTarget]") keep("THE LINE");
    if (tag === "[object CustomEvent]" && !describe(value, "constructor")) { keep("AN EVENT " + typeOf(value)); note(detailOf(value), depth + 1); }
    if (tag === "[object MouseEvent]" && !describe(value, "constructor")) note(relatedOf(value), depth + 1);
    if (tag === "[object Headers]") eachHeader(value, (content, name) => { keep(name); keep(content); });
    if (tag === "[object Map]" && depth < 4) eachOfMap(value, (content, name) => { note(name, depth + 1); note(content, depth + 1); });
    if (depth >= 4 || tag === "[object HTMLDocument]") return;
    const keys = ownKeys(value);
    for (let i = 0; i < keys.length && i < 64; i += 1) {
      const found = describe(value, keys[i]);
      if (typeof keys[i] === "string") keep(keys[i]);
      if (found && "value" in found) note(found.value, depth + 1);
    }
  };
  const watch = (...values) => {
    if (busy) return;
    busy = true;
    hits += 1;
    for (let i = 0; i < values.length; i += 1) try { note(values[i]); } catch { failures += 1; }
    busy = false;
  };

  const wrap = (f) => {
    const wrapped = function (...args) {
      watch(this, args, new.target);
      if (new.target) { const made = construct(f, args, new.target === wrapped ? f : new.target); watch(made); return made; }
      const answer = apply(f, this, args);
      watch(answer);
      return answer;
    };
    setPrototypeOf(wrapped, f);
    if (f.prototype) wrapped.prototype = f.prototype;
    add(own, wrapped);
    return wrapped;
  };
  const spy = (owner) => {
    const keys = ownKeys(owner);
    for (let i = 0; i < keys.length; i += 1) {
      const key = keys[i], found = describe(owner, key);
      if (!found.configurable || key === "constructor" || key === "prototype") continue;
      if (typeof found.value === "function") defineProperty(owner, key, { ...found, value: wrap(found.value) });
      else if (found.get) defineProperty(owner, key, { ...found, get: wrap(found.get), set: found.set && wrap(found.set) });
    }
  };
  const trap = (owner, key) => {
    if (describe(owner, key)) return;
    defineProperty(owner, key, {
      __proto__: null,
      configurable: true,
      get() { watch(this); return undefined; },
      set(value) { watch(this, value); defineProperty(this, key, { __proto__: null, value, writable: true, configurable: true, enumerable: true }); },
    });
    traps.push([owner, key]);
  };
  const traps = [];

  // --- before anything is replaced: what should come out
  const enumerated = {
    handlers: window.webkit?.messageHandlers ? Object.getOwnPropertyNames(window.webkit.messageHandlers).join() : "none",
    named: Object.keys(globalThis.__MILLENNIUM_INTERNALS__).sort().join(),
  };
  const walk = [];
  for (const owner of [window, globalThis.__MILLENNIUM_INTERNALS__, document]) {
    for (const key of ownKeys(owner)) {
      walk.push(text(key));
      let value;
      try { value = owner[key]; } catch { continue; }
      if (typeof value === "string") walk.push(value);
      if (typeof value === "function") walk.push(Function.prototype.toString.call(value));
    }
  }
  for (const script of document.scripts) walk.push(script.outerHTML);
  const entries = [];
  try {
    const observer = new PerformanceObserver((list) => { for (const entry of list.getEntries()) entries.push(entry.name); });
    observer.observe({ entryTypes: ["resource"] });
  } catch (error) { entries.push(error.name); }
  for (const name of ["calls", "news", "taken", "hello", "message", "helloa", "hellob", "a", "b"]) {
    for (const target of [window, document]) target.addEventListener(name, (event) => watch(event), true);
  }
  new MutationObserver((records) => watch(records)).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });

  // --- from here on everything is the attacker's
  for (const owner of [
    EventTarget, CustomEvent, Event, MouseEvent, MessageEvent, Promise, Map, Set, WeakMap, Array, String, Number, RegExp,
    Response, Headers, Request, AbortSignal, AbortController, ArrayBuffer, DataView, Uint8Array, TextEncoder, TextDecoder, Error,
    ReadableStream, Blob, Document, Node, Element, PerformanceObserver, Performance, Storage,
  ]) { spy(owner.prototype); spy(owner); }
  spy(getPrototypeOf(Uint8Array.prototype));
  spy(getPrototypeOf([][Symbol.iterator]()));
  for (const owner of [JSON, Math, Object, Symbol, Reflect, Function.prototype]) spy(owner);
  for (const name of [
    "CustomEvent", "MouseEvent", "Event", "EventTarget", "Promise", "Map", "Headers", "Request", "Response", "XMLHttpRequest", "Error",
    "TextEncoder", "AbortController", "MessageChannel", "Uint8Array", "fetch", "queueMicrotask", "setTimeout", "dispatchEvent", "addEventListener", "postMessage", "structuredClone",
  ]) { const found = describe(window, name) ?? describe(EventTarget.prototype, name); if (found?.configurable && found.value) defineProperty(window, name, { ...found, value: wrap(found.value) }); }
  const keys = ["toJSON", "then", "detail", "bubbles", "cancelable", "composed", "relatedTarget", "headers", "method", "body", "signal", "mode", "cache", "redirect", "duplex", "credentials", "x-millennium-ticket", "get", "set", "value", "enumerable", "code", "message", "args", "next", "done", "fail", "stop", "fn", "item", "end", "id", "echo", "inline", "upload", "0", "1", "2", "3", "pad", "handles", "ack", "once"];
  for (let i = 0; i < keys.length; i += 1) trap(Object.prototype, keys[i]);
  for (const key of ["toJSON", "0", "1", "2", "3", "4", "5"]) trap(Array.prototype, key);
  trap(String.prototype, "toJSON");

  const works = {}, patience = (ms) => new Promise((done) => setTimeout(done, ms, "NO ANSWER"));
  const code = (promise) => Promise.race([promise, patience(5000)]).catch((error) => { watch(error, error.stack, error.message); return error.code; });
  const bag = new AbortController();
  let told;
  const items = [], event = new Promise((done) => { told = done; });
  listen("attacked:streamed", (content) => { watch(content); told(content.payload); });
  const streamed = channel((item) => { items.push(item); });
  works.inline = await code(invoke("inline", { value: 4 }));
  works.later = await code(invoke("later", { value: 5 }));
  works.echo = await code(invoke("echo", { value: "six" }));
  works.up = await code(invoke("upload", new Uint8Array(5)));
  works.down = (await code(invoke("download", { size: 7 }))).byteLength;
  works.large = (await code(invoke("echo", { value: "x".repeat(300000) }))).length;
  works.fail = await code(invoke("fail"));
  works.unknown = await code(invoke("nothing"));
  works.wrong = await code(invoke("inline", { value: "four" }));
  works.forged = await code(invoke("upload", { get byteLength() { return 3; } }));
  works.blob = await code(invoke("upload", new Blob(["abc"])));
  defineProperty(ArrayBuffer, Symbol.hasInstance, { __proto__: null, configurable: true, value: () => true });
  defineProperty(ArrayBuffer, "isView", { __proto__: null, configurable: true, value: () => true });
  works.forgedBlob = await code(invoke("upload", new Blob(["abc"])));
  works.custom = await code(invoke("inline", { toJSON: () => ({ value: 8 }) }));
  works.stream = await code(invoke("stream", { to: streamed }));
  works.items = items.join();
  works.event = await Promise.race([event, patience(5000)]);
  const aborted = code(invoke("later", { value: 9 }, { signal: bag.signal }));
  bag.abort();
  works.aborted = await aborted;
  await new Promise((done) => setTimeout(done, 100));
  busy = true;
  for (let i = 0; i < traps.length; i += 1) delete traps[i][0][traps[i][1]];
  const out = [];
  for (const value of seen) out.push(value);
  for (const entry of performance.getEntries()) entries.push(entry.name);
  await invoke("report", { result: {
    works, enumerated, hits, failures, seen: [...out, ...walk, ...entries],
    line: out.includes("THE LINE"), events: out.filter((value) => value.startsWith("AN EVENT")).length, entries: entries.filter((name) => name.includes("__millennium/ipc")).length,
  } });
})().catch((error) => globalThis.__MILLENNIUM_INTERNALS__.invoke("report", { result: { failed: String(error) + " " + error.stack } }));
