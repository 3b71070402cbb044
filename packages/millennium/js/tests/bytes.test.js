// Bytes and large JSON: they go up and come down beside the messages, by the host's ticket.
import assert from "node:assert/strict";
import { test } from "node:test";

import { body, first, from, load, outcome, tick, to } from "./harness.js";

const OCTETS = { headers: { "content-type": "application/octet-stream" } };
const JSONS = { headers: { "content-type": "application/json" } };

test("bytes go up with the host's ticket, and the result comes as news", async () => {
  const asked = [];
  const fetch = async (url, init) => { asked.push([url, { ...init }]); return new Response(null, { status: 204 }); };
  const { api, greet, texts, posted, sink } = load({ fetch });
  await greet();
  const body = new Uint8Array([1, 2, 3]);
  const call = outcome(api.invoke("greet", body, { args: { name: "Ada" } }));
  await tick();
  assert.deepEqual(texts(), [from.bytes]);
  posted[1].answer(to.ticket);
  await tick();
  assert.equal(asked.length, 1);
  assert.equal(asked[0][0], "millennium://localhost/__millennium/ipc/");
  assert.deepEqual([asked[0][1].method, asked[0][1].body], ["POST", body]);
  assert.equal(asked[0][1].headers["x-millennium-ticket"], "TTTTTTTTTTTTTTTTTTTTTT");
  sink(7, "2\n\n[0,1,5]");
  assert.equal(await call, 5);
});

test("every kind of bytes is told by brand, and nothing else passes", async () => {
  const { api, greet, texts } = load();
  await greet(first());
  const buffer = new ArrayBuffer(8);
  const views = [buffer, new Uint16Array(buffer, 2, 2), new DataView(buffer, 1, 5), Buffer.from("abc")];
  for (const bytes of views) api.invoke("greet", bytes);
  const plainBlob = Object.setPrototypeOf(new Blob(["abc"]), Object.prototype);
  const fakes = [new Blob(["abc"]), plainBlob, { byteLength: 3 }, { __proto__: ArrayBuffer.prototype }];
  for (const fake of fakes) api.invoke("greet", fake);
  await tick();
  const sizes = JSON.parse(body(texts()[0])).map(([, , args]) => (Array.isArray(args) ? args[2] : "json"));
  assert.deepEqual(sizes, [8, 4, 5, 3, "json", "json", "json", "json"]);
});

test("headers travel beside the arguments", async () => {
  const { api, greet, texts } = load();
  await greet();
  api.invoke("greet", { name: "Ada" }, { headers: { "x-a": "1" } });
  await tick();
  assert.deepEqual(texts(), [from.headers]);
});

test("large JSON goes up as bytes", async () => {
  const asked = [];
  const fetch = async (url, init) => { asked.push(init); return new Response(null, { status: 204 }); };
  const { api, greet, texts, posted } = load({ fetch, values: { INLINE_JSON: 10 } });
  await greet();
  api.invoke("greet", { name: "äää" });
  await tick();
  assert.equal(body(texts()[0]), '[[1,"hGreet",[{},{},17,true]]]');
  posted[1].answer(to.ticket);
  await tick();
  assert.equal(new TextDecoder().decode(asked[0].body), '{"name":"äää"}');
});

const fetched = async (answer) => {
  const { api, greet, posted } = load({ fetch: async () => answer() });
  await greet();
  const call = outcome(api.invoke("greet", { name: "Ada" }));
  await tick();
  posted[1].answer(to.ticket);
  return call;
};

test("a result of bytes is an ArrayBuffer", async () => {
  const result = await fetched(() => new Response(new Uint8Array([1, 2]), OCTETS));
  assert.ok(result instanceof ArrayBuffer);
  assert.equal(result.byteLength, 2);
});

test("a large result is parsed", async () => {
  assert.deepEqual(await fetched(() => new Response('{"a":[1]}', JSONS)), { a: [1] });
});

test("a refused transfer rejects with the host's code", async () => {
  const refused = () => new Response('{"code":"ipc.not_allowed","message":"no"}', { status: 403, ...JSONS });
  assert.equal(await fetched(refused), "ipc.not_allowed");
});

test("a transfer that breaks rejects", async () => {
  assert.equal(await fetched(() => { throw new TypeError("gone"); }), "ipc.failed");
  const broken = (type) => () => new Response(new ReadableStream({ pull(c) { c.error(new Error("cut")); } }), type);
  assert.equal(await fetched(broken(OCTETS)), "ipc.failed");
  assert.equal(await fetched(broken(JSONS)), "ipc.failed");
  assert.equal(await fetched(() => new Response("not json", JSONS)), "ipc.failed");
});
