// The bootstrap of both worlds against the golden messages and a host that misbehaves.
import assert from "node:assert/strict";
import { test } from "node:test";

import { body, first, from, golden, ids, load, outcome, tick, to } from "./harness.js";

test("the private world greets whichever script runs first", () => {
  for (const worldFirst of [true, false]) {
    const { posted } = load({ worldFirst });
    assert.deepEqual(posted.map((message) => message.text), [golden.hello]);
  }
});

test("scripts that are injected again change nothing", () => {
  const { run, api, window, posted } = load();
  run.page();
  run.world();
  assert.equal(window.__MILLENNIUM_INTERNALS__, api);
  assert.equal(posted.length, 1);
});

test("one frozen object that nobody stumbles over is published", () => {
  const { window, api } = load();
  assert.deepEqual(Object.keys(api), ["invoke", "listen", "channel", "label", "MillenniumError"]);
  assert.equal(api.label, "main");
  assert.ok(Object.isFrozen(api) && Object.isFrozen(api.invoke));
  assert.ok(!Object.keys(window).includes("__MILLENNIUM_INTERNALS__"));
  assert.throws(() => Object.defineProperty(window, "__MILLENNIUM_INTERNALS__", { value: 1 }));
});

test("calls made before the greeting wait and travel as one batch", async () => {
  const { api, greet, texts } = load();
  api.invoke("greet", { name: "Ada" });
  api.invoke("greet");
  await tick();
  assert.deepEqual(texts(), []);
  await greet();
  assert.deepEqual(texts(), [from.two_calls]);
});

test("a call is written and its answer read as the golden messages say", async () => {
  const { api, greet, texts, posted } = load();
  await greet();
  const calls = [outcome(api.invoke("greet", { name: "Ada" })), outcome(api.invoke("greet", {}))];
  await tick();
  assert.deepEqual(texts(), [from.two_calls]);
  posted[1].answer(to.results);
  assert.deepEqual(await Promise.all(calls), [{ n: 5 }, "command.bad_args"]);
});

test("an error is a MillenniumError with code and message", async () => {
  const { api, greet, posted } = load();
  await greet();
  const call = api.invoke("greet");
  await tick();
  posted[1].answer('1\n\n[1,1,{"code":"a.b","message":"why"}]');
  await assert.rejects(call, (error) => error instanceof api.MillenniumError && error instanceof Error && error.code === "a.b" && error.message === "why");
});

test("messages that overtake each other are put in order", async () => {
  const { api, greet, sink } = load();
  await greet(first());
  const seen = [];
  api.listen("e", (value) => seen.push(value));
  sink(7, '2\n\n[3,"e",2]');
  sink(7, '3\n\n[3,"e",3]');
  assert.deepEqual(seen, []);
  sink(7, '1\n\n[3,"e",1]');
  assert.deepEqual(seen, [1, 2, 3]);
});

test("a message that overtakes the greeting's answer is not lost", async () => {
  const { api, greet, sink } = load();
  const seen = [];
  api.listen("e", (value) => seen.push(value));
  sink(7, '1\n\n[3,"e",1]');
  sink(6, '1\n\n[3,"e","of another document"]');
  await greet(first());
  assert.deepEqual(seen, [1]);
});

test("messages for another document are dropped", async () => {
  const { api, greet, sink } = load();
  await greet(first());
  api.listen("e", () => assert.fail("delivered"));
  sink(6, '1\n\n[3,"e",1]');
});

test("a refused message rejects its calls with the host's code, and no others", async () => {
  const { api, greet, posted } = load();
  await greet(first());
  const refused = outcome(api.invoke("greet"));
  await tick();
  const answered = outcome(api.invoke("greet"));
  await tick();
  posted[1].refuse("ipc.too_large");
  posted[2].answer("1\n\n[0,2,5]");
  assert.deepEqual(await Promise.all([refused, answered]), ["ipc.too_large", 5]);
});

test("a refused acknowledgement rejects no call of the same number", async () => {
  const { api, greet, posted, sink } = load();
  await greet(first());
  const call = outcome(api.invoke("greet"));
  await tick();
  sink(7, '1\n{"ack":1}\n[2,9,"x"]');
  await tick();
  posted[2].refuse("ipc.not_allowed");
  await tick();
  posted[1].answer("2\n\n[0,1,5]");
  assert.equal(await call, 5);
});

test("a refused greeting rejects earlier and later calls", async () => {
  const { api, posted } = load();
  const early = outcome(api.invoke("greet"));
  await tick();
  posted[0].refuse("ipc.not_allowed");
  await tick();
  assert.equal(await early, "ipc.not_allowed");
  assert.equal(await outcome(api.invoke("greet")), "ipc.not_allowed");
});

test("a name without a handle is only ever told to be refused", async () => {
  const { api, greet, texts, posted } = load();
  await greet();
  const call = outcome(api.invoke("ghost", { secret: 1 }));
  await tick();
  assert.deepEqual(texts(), [from.unknown]);
  posted[1].answer('1\n\n[1,1,{"code":"ipc.not_allowed","message":"no"}]');
  assert.equal(await call, "ipc.not_allowed");
});

test("names of objects' own properties are no handles", async () => {
  const { api, greet, texts } = load();
  await greet(first());
  api.invoke("__proto__").catch(() => {});
  api.invoke("toString").catch(() => {});
  await tick();
  assert.deepEqual(texts().map(body), ['[[1,"",["unknown","__proto__"]],[2,"",["unknown","toString"]]]']);
});

test("what is no plain name never leaves the page", async () => {
  const { api, greet, texts } = load();
  await greet();
  const odd = { toString: () => "greet", toJSON: () => "greet" };
  for (const name of ["", "a\nb", 'a"b', "a\\b", "\u0000", "\ud800", null, undefined, 5, odd]) {
    assert.equal(await outcome(api.invoke(name)), "ipc.not_allowed");
  }
  assert.deepEqual(texts(), []);
});

test("arguments that are no JSON object never leave the page", async () => {
  const { api, greet, texts } = load();
  await greet();
  const loop = {};
  loop.loop = loop;
  const bad = [1, "x", null, [], [{}, {}], () => {}, loop, { n: 1n }, { toJSON: () => 5 }, { toJSON: () => undefined }];
  for (const args of bad) assert.equal(await outcome(api.invoke("greet", args)), "command.bad_args");
  assert.deepEqual(texts(), []);
});

test("arguments over the limits never leave the page", async () => {
  const { api, greet, texts } = load({ values: { MAX_JSON: 20, MAX_BODY: 3, INLINE_JSON: 10 } });
  await greet();
  assert.equal(await outcome(api.invoke("greet", { name: "x".repeat(20) })), "ipc.too_large");
  assert.equal(await outcome(api.invoke("greet", new Uint8Array(4))), "ipc.too_large");
  assert.equal(await outcome(api.invoke("greet", new Uint8Array(1), { args: { name: "x".repeat(9) } })), "ipc.too_large");
  assert.deepEqual(texts(), []);
});

test("a batch has at most so many calls", async () => {
  const { api, greet, texts } = load();
  await greet(first());
  for (let n = 0; n < golden.limits.MAX_CALLS + 1; n++) api.invoke("greet");
  await tick();
  assert.deepEqual(texts().map((text) => ids(text).length), [golden.limits.MAX_CALLS, 1]);
});

test("a batch is at most so long", async () => {
  const { api, greet, texts } = load();
  await greet(first());
  const name = "x".repeat(golden.limits.INLINE_JSON - 100);
  for (let n = 0; n < 9; n++) api.invoke("greet", { name });
  await tick();
  assert.ok(texts().every((text) => text.length <= golden.limits.MAX_CHARS + 64));
  assert.deepEqual(texts().flatMap(ids), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("what may be a lone surrogate travels alone", async () => {
  const { api, greet, texts } = load();
  await greet(first());
  for (const name of ["a", "\ud800", "b", "c"]) api.invoke("greet", { name });
  await tick();
  assert.deepEqual(texts().map(ids), [[1], [2], [3, 4]]);
});

test("without tokens calls merge and wait for the next ones", async () => {
  const { api, greet, texts, posted } = load();
  await greet(first({ tokens: 1 }));
  for (let n = 0; n < 3; n++) {
    api.invoke("greet").catch(() => {});
    await tick();
  }
  assert.deepEqual(texts().map(ids), [[1]]);
  posted[1].answer('1\n{"pad":["9 x"]}\n');
  await tick();
  assert.deepEqual(texts().map(ids), [[1], [2, 3]]);
});

test("in call mode a handle is used once and a dry command waits alone", async () => {
  const { api, greet, texts, posted } = load();
  await greet(first({ head: { once: 1 }, handles: { greet: ["g1", "g2"], other: ["o1"] } }));
  for (const name of ["greet", "greet", "greet", "other"]) api.invoke(name);
  await tick();
  assert.deepEqual(texts().map(body), ['[[1,"g2",{}],[2,"g1",{}],[4,"o1",{}]]']);
  posted[1].answer('1\n{"handles":{"greet":["g3"]}}\n');
  await tick();
  assert.equal(body(texts()[1]), '[[3,"g3",{}]]');
});

test("aborting rejects at once and tells the host", async () => {
  const { api, greet, texts } = load();
  await greet(first({ tokens: 0, head: { pad: ["1 BBBBBBBBBBBBBBBBBBBBBB", "0 AAAAAAAAAAAAAAAAAAAAAA"] } }));
  const control = new AbortController();
  const call = outcome(api.invoke("greet", { name: "Ada" }, { signal: control.signal }));
  await tick();
  control.abort();
  assert.equal(await call, "command.aborted");
  await tick();
  assert.deepEqual(texts(), [from.one_call, from.cancel]);
});

test("a signal that is aborted already sends nothing", async () => {
  const { api, greet, texts } = load();
  await greet();
  assert.equal(await outcome(api.invoke("greet", {}, { signal: AbortSignal.abort() })), "command.aborted");
  assert.deepEqual(texts(), []);
});

test("a settled call forgets its signal, and a late answer is dropped", async () => {
  const { api, greet, texts, posted, sink } = load();
  await greet(first());
  const control = new AbortController();
  const call = api.invoke("greet", {}, { signal: control.signal });
  await tick();
  posted[1].answer("1\n\n[0,1,5]");
  assert.equal(await call, 5);
  control.abort();
  sink(7, '2\n\n[0,1,6,4,1,"ticket",1,1,{"code":"x","message":"y"}]');
  await tick();
  assert.equal(texts().length, 1);
});

test("behind the verification door the load is reported once", async () => {
  for (const state of ["complete", "loading"]) {
    const { greet, texts, privateGlobal } = load({ state });
    await greet(to.first.replace('"handles"', '"verify":true,"handles"'));
    privateGlobal.dispatchEvent(new Event("load"));
    assert.deepEqual(texts(), [from.verify]);
  }
});

test("without the door nothing is reported", async () => {
  const { greet, texts, privateGlobal } = load();
  await greet();
  privateGlobal.dispatchEvent(new Event("load"));
  assert.deepEqual(texts(), []);
});
