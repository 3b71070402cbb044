// The functions of @millennium/api on a bootstrap that records.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { Channel, MillenniumError, convertFileSrc, currentLabel, invoke, listen, once } from "../src/core.js";
import * as event from "../src/event.js";
import * as index from "../src/index.js";

let calls, topics, lines;

beforeEach(() => {
  calls = [];
  topics = [];
  lines = [];
  globalThis.__MILLENNIUM_INTERNALS__ = {
    label: "main",
    invoke: async (...args) => (calls.push(args), "result"),
    listen: (topic, fn) => {
      const entry = { topic, fn, stopped: false };
      topics.push(entry);
      return () => { entry.stopped = true; };
    },
    channel: (item, end) => {
      const line = { item, end, closed: false, toJSON: () => "channel:1", close: () => { line.closed = true; } };
      lines.push(line);
      return line;
    },
  };
});

afterEach(() => delete globalThis.__MILLENNIUM_INTERNALS__);

test("outside a window of Millennium the reason is said", () => {
  delete globalThis.__MILLENNIUM_INTERNALS__;
  assert.throws(() => invoke("greet"), /works only in a page that Millennium shows/);
});

test("a call is passed on as it is", async () => {
  const options = {};
  assert.equal(await invoke("greet", { name: "Ada", at: null, deep: { data: 1 } }, options), "result");
  assert.deepEqual(calls, [["greet", { name: "Ada", at: null, deep: { data: 1 } }, options]]);
  await invoke("greet");
  assert.deepEqual(calls[1], ["greet", undefined, undefined]);
});

test("bytes may be the arguments, or one of them", async () => {
  const data = new Uint8Array(3);
  const { signal } = new AbortController();
  await invoke("upload", data, { args: { name: "a" } });
  await invoke("upload", { name: "a", data }, { signal });
  assert.deepEqual(calls, [
    ["upload", data, { args: { name: "a" } }],
    ["upload", data, { signal, args: { name: "a", data: null } }],
  ]);
});

test("blobs and streams become bytes first", async () => {
  await invoke("upload", new Blob(["abc"]));
  await invoke("upload", { data: new Blob(["abcd"]).stream() });
  assert.deepEqual(calls.map(([, body]) => body.byteLength), [3, 4]);
  assert.ok(calls.every(([, body]) => body instanceof ArrayBuffer));
});

test("a stream that breaks rejects", async () => {
  const broken = new ReadableStream({ pull(control) { control.error(new Error("cut")); } });
  await assert.rejects(invoke("upload", broken), /cut/);
});

test("a channel travels as its line and hands on items and end", () => {
  const seen = [];
  const channel = new Channel((item) => seen.push(item));
  channel.onclose = () => seen.push("end");
  assert.equal(JSON.stringify({ to: channel }), '{"to":"channel:1"}');
  lines[0].item(1);
  channel.onmessage = (item) => seen.push(item * 10);
  lines[0].item(2);
  lines[0].end();
  assert.deepEqual(seen, [1, 20, "end"]);
  channel.close();
  assert.ok(lines[0].closed);
});

test("a channel without handlers takes items in silence", () => {
  new Channel();
  lines[0].item(1);
  lines[0].end();
});

test("an event has name, payload, source and origin", () => {
  const seen = [];
  const stop = listen("saved", (e) => seen.push(e));
  topics[0].fn({ payload: 5, source: "main", origin: "millennium://localhost" });
  topics[0].fn({ payload: 6, source: "" });
  assert.deepEqual(seen, [
    { name: "saved", payload: 5, source: "main", origin: "millennium://localhost" },
    { name: "saved", payload: 6, source: "", origin: "" },
  ]);
  stop();
  assert.ok(topics[0].stopped);
});

test("once stops before its handler runs", () => {
  const seen = [];
  once("saved", ({ payload }) => seen.push([payload, topics[0].stopped]));
  topics[0].fn({ payload: 5, source: "" });
  assert.deepEqual(seen, [[5, true]]);
});

test("once can be called off", () => {
  once("saved", () => assert.fail("called"))();
  assert.ok(topics[0].stopped);
});

test("events are sent by the commands of the module event", async () => {
  await event.emit("saved");
  await event.emitTo("other", "saved", { a: 1 });
  assert.deepEqual(calls.map(([name, args]) => [name, args]), [
    ["event.emit", { name: "saved", payload: null }],
    ["event.emit_to", { target: "other", name: "saved", payload: { a: 1 } }],
  ]);
});

test("the label is the window's", () => assert.equal(currentLabel(), "main"));

test("the error class is there without a window, for tests of pages", () => {
  const error = new MillenniumError("a.b", "why");
  assert.deepEqual([error.code, error.message, error instanceof Error], ["a.b", "why", true]);
});

test("the index has everything of core, and event what it promises", () => {
  assert.equal(index.invoke, invoke);
  assert.deepEqual(Object.keys(event).sort(), ["emit", "emitTo", "listen", "once"]);
});

for (const [where, base] of [
  ["millennium://localhost/index.html", ""],
  ["millennium://notes.localhost/", ""],
  ["https://millennium.localhost/a/b", ""],
  ["http://localhost:5173/", "millennium://localhost"],
]) {
  test(`a file outside the app has an address on ${where}`, () => {
    globalThis.location = new URL(where);
    assert.equal(
      convertFileSrc("/home/ada/é #1?.png"),
      `${base}/__millennium/asset/%2Fhome%2Fada%2F%C3%A9%20%231%3F.png`,
    );
    delete globalThis.location;
  });
}
