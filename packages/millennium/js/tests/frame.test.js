// The isolation frame: what it asks the hook, and what it encrypts of the hook's answer.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";

import { read } from "./harness.js";

const KEY = new Uint8Array(32), HOME = "millennium://localhost", PLACE = "1\nmain\n1\n";
const source = read("frame", { KEY: Buffer.from(KEY).toString("base64"), HOME, PLACE });
/** Wait until something more is said, or nobody seems to want to. */
const more = async (said, before) => {
  for (let turn = 0; turn < 60 && said.length === before; turn++) await new Promise((done) => setTimeout(done, 5));
};

/** A frame that has loaded with a hook, and what it says to the document around it. */
const frame = async (hook) => {
  const room = await loading(hook);
  await room.finish();
  return room;
};

/** The same, before its hook is there. */
const loading = async (hook) => {
  const heard = {}, said = [], home = { postMessage: (text, origin) => said.push([text, origin]) };
  const globals = {
    document: { currentScript: { remove() {} } },
    window: {},
    crypto: webcrypto,
    parent: home,
    addEventListener: (kind, listener) => { heard[kind] = listener; },
  };
  new Function(...Object.keys(globals), source)(...Object.values(globals));
  const finish = () => {
    globals.window.__MILLENNIUM_ISOLATION_HOOK__ = hook;
    heard.load();
    return more(said, 0);
  };
  const take = async (data, from = home) => {
    const before = said.length;
    heard.message?.({ source: from, data });
    await more(said, before);
    return said.slice(1).map(([text]) => text).join("");
  };
  return { take, said, finish };
};

/** What the envelope of a call holds. */
const inside = async (answer, id = "1") => {
  const [counter, body] = JSON.parse(answer.split("\n")[2]).split(".");
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(8, +counter);
  const key = await webcrypto.subtle.importKey("raw", KEY, "AES-GCM", false, ["decrypt"]);
  const additionalData = new TextEncoder().encode(PLACE + id);
  const plain = await webcrypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, Buffer.from(body, "base64"));
  return JSON.parse(new TextDecoder().decode(plain));
};
const pass = (call) => call;
const blockedAs = (answer) => {
  const [, name, error] = answer.split("\n");
  assert.equal(name, '"'); // no command has such a name
  return JSON.parse(error);
};

test("it says that it is ready, to its own document only", async () => {
  assert.deepEqual((await frame(pass)).said, [["ready", HOME]]);
});

test("what the hook passes is encrypted for its call", async () => {
  const { take } = await frame(pass);
  assert.deepEqual(await inside(await take('1\necho\n{"n":1}\n')), ["echo", { n: 1 }]);
});

test("what the hook makes of a call is encrypted instead of it", async () => {
  const { take } = await frame((call) => ({ command: "other", args: { n: call.args.n + 1 } }));
  assert.deepEqual(await inside(await take('1\necho\n{"n":1}\n')), ["other", { n: 2 }]);
});

for (const hook of [undefined, null, {}, "echo"]) {
  test(`where the hook is ${JSON.stringify(hook)} nothing passes`, async () => {
    const { take } = await frame(hook);
    assert.equal(blockedAs(await take('1\necho\n{"n":1}\n')).message, "the isolation hook is missing");
  });
}

test("who asks before the hook is there is not heard", async () => {
  const { take, finish, said } = await loading(pass);
  assert.equal(await take('1\necho\n{"n":1}\n'), "");
  await finish();
  assert.deepEqual(said, [["ready", HOME]]);
});

test("messages of others, and what is no text, are not heard", async () => {
  const { take } = await frame(pass);
  assert.equal(await take("1\necho\n{}\n", {}), "");
  assert.equal(await take(["1\necho\n{}\n"]), "");
});

test("the hook sees headers and size of a call with bytes", async () => {
  const seen = [], { take } = await frame((call) => { seen.push(call); return call; });
  const answer = await take('1\nsave\n[{"x-a":"b"},{"n":1},5,false]\n');
  assert.deepEqual(seen, [{ command: "save", args: { n: 1 }, headers: { "x-a": "b" }, size: 5 }]);
  assert.deepEqual(await inside(answer), ["save", [{ "x-a": "b" }, { n: 1 }, 5, false]]);
});

test("no bytes take the place of the arguments that the hook saw", async () => {
  const { take } = await frame(pass);
  assert.deepEqual(await inside(await take('1\necho\n[{},{"n":1},5,true]\n')), ["echo", [{}, { n: 1 }, 5, false]]);
});

for (const size of ['"5"', "null", "5.5", "1e300", '"5,true],["', "[5]"]) {
  test(`a size of ${size} is no size`, async () => {
    const { take } = await frame(pass);
    assert.equal(blockedAs(await take(`1\necho\n[{},{},${size},false]\n`)).code, "isolation.blocked");
  });
}

for (const [what, hook] of Object.entries({
  throws: () => { throw new Error("no"); },
  rejects: () => Promise.reject(new Error("no")),
})) {
  test(`a call whose hook ${what} is blocked with its message`, async () => {
    const { take } = await frame(hook);
    assert.deepEqual(blockedAs(await take("1\necho\n{}\n")), { code: "isolation.blocked", message: "no" });
  });
}

for (const thrown of [Symbol("no"), Object.create(null), { toString() { throw 0; } }, null, undefined]) {
  test(`a hook that throws ${typeof thrown === "symbol" ? "a symbol" : thrown && "an object"} blocks, too`, async () => {
    for (const hook of [() => { throw thrown; }, () => Promise.reject(thrown)]) {
      const { take } = await frame(hook);
      assert.equal(blockedAs(await take("1\necho\n{}\n")).code, "isolation.blocked");
    }
  });
}

test("what the hook returns and is no call is blocked", async () => {
  for (const verdict of [undefined, null, 5, {}, { command: "" }, { command: "a\nb" }, { command: "a", args: [] }, { command: "a", args: 5 }]) {
    const { take } = await frame(() => verdict);
    assert.equal(blockedAs(await take("1\necho\n{}\n")).code, "isolation.blocked");
  }
});

test("a promise of what is no JSON blocks its call", async () => {
  const { take } = await frame(async () => ({ command: "echo", args: { n: 1n } }));
  assert.equal(blockedAs(await take("1\necho\n{}\n")).code, "isolation.blocked");
});

test("no call is named as what is blocked", async () => {
  const { take } = await frame(pass);
  assert.deepEqual(await inside(await take("1\n!\n{}\n")), ["!", {}]);
});

test("arguments that are no JSON block their call, and no other", async () => {
  const { take } = await frame(pass), answer = await take('1\necho\n{"n"\n2\necho\n{"n":2}\n');
  assert.equal(blockedAs(answer).code, "isolation.blocked");
  assert.deepEqual(await inside(answer.split("\n").slice(3).join("\n"), "2"), ["echo", { n: 2 }]);
});

test("what has no name passes as it is", async () => {
  const { take } = await frame(() => assert.fail("asked"));
  assert.equal(await take('1\n\n["cancel"]\n'), '1\n\n["cancel"]\n');
});
