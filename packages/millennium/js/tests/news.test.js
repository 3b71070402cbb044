// What comes to the page unasked: items of channels, and events for those who listen.
import assert from "node:assert/strict";
import { test } from "node:test";

import { body, first, from, golden, load, tick, to } from "./harness.js";

test("channel items arrive in order, are acknowledged, and end", async () => {
  const { api, greet, texts } = load();
  const seen = [];
  const channel = api.channel((item) => seen.push(item), () => seen.push("end"));
  assert.equal(channel.toJSON(), "channel:1");
  const { pad, handles } = golden.to_page.first.head;
  await greet(golden.to_page.items.text.replace('{"ack":1}', JSON.stringify({ ack: 1, pad, handles })));
  assert.deepEqual(seen, ["a", { b: null }, "end"]);
  assert.deepEqual(texts(), [from.ack]);
});

test("a channel travels by number, and closing it tells the host", async () => {
  const { api, greet, texts } = load();
  await greet(first({ tokens: 0, head: { pad: ["1 BBBBBBBBBBBBBBBBBBBBBB", "0 AAAAAAAAAAAAAAAAAAAAAA"] } }));
  const channel = api.channel(() => assert.fail("closed"));
  api.invoke("greet", { to: channel });
  await tick();
  channel.close();
  channel.close();
  await tick();
  assert.deepEqual(texts(), [from.channel, from.close]);
});

test("each passing of a channel has its own number, so one call's end is not the other's", async () => {
  const { api, greet, sink, texts } = load();
  await greet(first());
  const seen = [];
  const channel = api.channel((item) => seen.push(item));
  JSON.stringify([channel, channel]);
  sink(7, '1\n\n[5,1,null,2,2,"still here"]');
  assert.deepEqual(seen, ["still here"]);
  channel.close();
  sink(7, '2\n\n[2,1,"late"]');
  await tick();
  assert.deepEqual(texts().map(body), ['[[2,"",["close"]]]']);
});

test("items for a closed channel are hushed", async () => {
  const { api, greet, sink, texts } = load();
  await greet(first());
  const channel = api.channel(() => assert.fail("closed"));
  JSON.stringify([channel, channel]);
  channel.close();
  sink(7, '1\n\n[2,1,"late"]');
  await tick();
  assert.deepEqual(texts().map(body), ['[[2,"",["close"]],[1,"",["close"]]]']);
});

test("listeners are told in order until they stop", async () => {
  const { api, greet, sink } = load();
  await greet(first());
  const seen = [];
  const stops = ["a", "b", "c"].map((who) => api.listen("notes:changed", (value) => {
    seen.push(who + value.payload);
    if (who === "a") stops[1]();
  }));
  sink(7, to.event);
  stops[0]();
  stops[0]();
  sink(7, '2\n\n[3,"notes:changed",{"payload":2}]');
  sink(7, '3\n\n[3,"nobody",{}]');
  assert.deepEqual(seen, ["a1", "c1", "c2"]);
});

test("so many may listen and no more, and one that stopped counts once", () => {
  const { api } = load({ values: { MAX_LISTENERS: 2 } });
  const [stop] = ["a", "b"].map((topic) => api.listen(topic, () => {}));
  assert.throws(() => api.listen("a", () => {}), { code: "event.too_many" });
  stop();
  stop();
  api.listen("c", () => {});
  assert.throws(() => api.listen("c", () => {}), api.MillenniumError);
});

test("keys and topics that pollute are plain data", async () => {
  const { api, greet, sink } = load();
  await greet(first());
  const seen = [];
  for (const topic of ["__proto__", "constructor"]) api.listen(topic, (value) => seen.push(value));
  const dark = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
  api.channel((item) => seen.push(item)).toJSON();
  sink(7, `1\n\n[3,"__proto__",${dark},3,"constructor",${dark},2,1,${dark},3,"toString",${dark}]`);
  assert.deepEqual(seen.map((value) => JSON.stringify(value)), [dark, dark, dark]);
  assert.equal({}.polluted, undefined);
  assert.equal(Object.getPrototypeOf(seen[0]), Object.prototype);
});

test("a listener that throws does not keep the news from the next", async () => {
  const { api, greet, sink } = load();
  await greet(first());
  const seen = [], thrown = [];
  const keep = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.once("uncaughtException", (error) => thrown.push(error.message));
  api.listen("e", () => { throw new Error("mine"); });
  api.listen("e", (value) => seen.push(value));
  sink(7, '1\n\n[3,"e",1]');
  await tick();
  for (const listener of keep) process.on("uncaughtException", listener);
  assert.deepEqual([seen, thrown], [[1], ["mine"]]);
});
