// The private world's side of sealed commands, held to vectors of a third implementation.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { read } from "./harness.js";

const { envelopes } = JSON.parse(
  readFileSync(new URL("../../../../tests/contract/envelope.json", import.meta.url), "utf8"),
);
const [first, answer, empty, large] = envelopes;

/** One document's lock, and what it said. */
const lock = ({ secret, token, label, document, version }, names = ["pay"]) => {
  const text = read("sealed", { SINK: "sink", LABEL: label, VERSION: version }), world = {}, told = [], refused = [];
  new Function("globalThis", "crypto", text)(world, webcrypto);
  const tell = (kind, detail) => told.push([kind, detail]), refuse = (ids, why) => refused.push([ids, why]);
  const base64 = Buffer.from(secret, "hex").toString("base64");
  return { ...world.sinks(document, base64, `0 ${token}`, names, tell, refuse), told, refused };
};
const parts = ({ subject }) => subject.split(" ");
const sent = ({ send }, id, { subject, plaintext }, clear) => {
  const [handle, token] = subject.split(" ");
  return new Promise((done) => send(`5 ${token}`, id, handle, plaintext, clear, (text, ids) => done({ text, ids })));
};
/** The message that a vector is. */
const message = (id, vector, args) => `5 ${parts(vector)[1]} [[${id},"${parts(vector)[0]}","${args ?? vector.envelope}"]]`;
const settled = () => new Promise((done) => setTimeout(done, 50));

test("only the commands that are named are sealed", () => {
  assert.deepEqual(["pay", "greet", ""].map(lock(first).has), [true, false, false]);
});

test("calls are sealed as the vectors say, and counted", async () => {
  const one = lock(first);
  assert.deepEqual(await sent(one, "1", first), { text: message(1, first), ids: ["1"] });
  assert.equal((await sent(one, "2", empty)).text, message(2, empty));
});

test("calls leave in the order of their counters", async () => {
  const one = lock(first), left = [];
  const sending = Array.from({ length: 20 }, (_, at) => sent(one, `${at}`, first).then(({ text }) => left.push(text.split('"')[3].split(".")[0])));
  await Promise.all(sending);
  assert.deepEqual(left.map(Number), sending.map((_, at) => at));
});

test("a call does not wait for the answer to the one before", async () => {
  const one = lock(first), left = [];
  const post = (text, ids) => { left.push(ids[0]); return new Promise(() => {}); };
  for (const id of ["1", "2", "3"]) one.send("5 token", id, "handle", "{}", undefined, post);
  await settled();
  assert.deepEqual(left, ["1", "2", "3"]);
});

test("an answer is opened as the vectors say", async () => {
  const one = lock(first);
  await sent(one, "1", first);
  one.open("1", answer.envelope);
  await settled();
  assert.deepEqual(one.told, [["news", `[${answer.plaintext}]`]]);
});

test("an answer with the largest counter and any text is opened", async () => {
  const one = lock(large);
  await sent(one, large.subject, { subject: "h t", plaintext: "{}" });
  one.open(large.subject, large.envelope);
  await settled();
  assert.deepEqual(one.told, [["news", `[${large.plaintext}]`]]);
});

test("under the isolation pattern the frame's envelope goes as it is", async () => {
  assert.equal((await sent(lock(first), "1", { ...first, plaintext: '"0.AAAA"' }, true)).text, message(1, first, "0.AAAA"));
});

const refusals = {
  "a second answer": [["1", answer.envelope], ["1", answer.envelope]],
  "an answer to nobody's call": [["1", answer.envelope], ["9", answer.envelope]],
  "a flipped bit": [["2", answer.envelope.replace("A", "B")], ["1", answer.envelope]],
  "an answer to another call": [["2", answer.envelope], ["1", answer.envelope]],
  "a counter that steps back": [["1", answer.envelope], ["2", answer.envelope]],
  "no envelope at all": [["2", "x"], ["1", answer.envelope]],
};
for (const [name, answers] of Object.entries(refusals)) {
  test(`${name} is refused, and the true one is opened once`, async () => {
    const one = lock(first);
    await sent(one, "1", first);
    await sent(one, "2", first);
    for (const [id, envelope] of answers) one.open(id, envelope);
    await settled();
    assert.deepEqual(one.told, [["news", `[${answer.plaintext}]`]]);
    assert.equal(one.refused.length, 1);
    assert.equal(one.refused[0][1], "ipc.not_allowed");
  });
}
