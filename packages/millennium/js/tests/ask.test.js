// Questions to the page: two siblings, gone before anything of the page runs, answered once.
import assert from "node:assert/strict";
import { test } from "node:test";

import { body, from, load, tick, to } from "./harness.js";

const NAMES = ["a1", "b1"];

/** A document that was told of a question and said it is ready. */
const ready = async (options) => {
  const room = load(options);
  const own = () => Reflect.ownKeys(room.window);
  const before = own();
  await room.greet(to.first.replace('"0 AAAAAAAAAAAAAAAAAAAAAA"', '"1 BBBBBBBBBBBBBBBBBBBBBB","0 AAAAAAAAAAAAAAAAAAAAAA"'));
  room.sink(7, to.question);
  await tick();
  return { ...room, own, before, [NAMES[0]]: room.window.a1, [NAMES[1]]: room.window.b1 };
};

/** What the page answered. */
const answers = (texts) => texts().slice(1).map((text) => JSON.parse(body(text))).flat();

/** Ask by the first name as the host's script does, and return what is said. */
const asked = async (f, args = "null") => {
  const room = await ready();
  room.window.a1(() => f, args);
  for (let turn = 0; turn < 5; turn++) await tick();
  const said = answers(room.texts);
  assert.equal(said.length, 1);
  assert.deepEqual(said[0].slice(0, 2), [-1, ""]);
  return said[0][2].slice(1);
};

test("a question makes two siblings that nobody stumbles over, and says ready", async () => {
  const { window, before, own, texts } = await ready();
  assert.deepEqual(own().filter((key) => !before.includes(key)), NAMES);
  for (const name of NAMES) {
    const { value, ...rest } = Object.getOwnPropertyDescriptor(window, name);
    assert.equal(typeof value, "function");
    assert.deepEqual(rest, { writable: false, enumerable: false, configurable: true });
  }
  assert.deepEqual(texts(), [from.ready]);
});

test("the answer is written as the golden message says", async () => {
  const { window, texts } = await ready();
  window.a1(() => async (n) => ({ n }), "[1,2]");
  for (let turn = 0; turn < 5; turn++) await tick();
  assert.deepEqual(texts(), [from.ready, from.answer]);
});

test("both names are gone before anything of the question runs", async () => {
  for (const step of ["reading", "running", "telling"]) {
    const { window, own, before } = await ready();
    const seen = {};
    const look = (when) => { seen[when] = own(); };
    window.a1(() => { look("reading"); return () => { look("running"); return { toJSON: () => look("telling") }; }; }, "null");
    for (let turn = 0; turn < 5; turn++) await tick();
    assert.deepEqual(seen[step], before);
  }
});

test("any JSON value comes back, and nothing is null", async () => {
  assert.deepEqual(await asked((x) => x, '{"__proto__":[1,"</script>"]}'), [true, '{"__proto__":[1,"</script>"]}']);
  assert.deepEqual(await asked(() => {}), [true, "null"]);
  assert.deepEqual(await asked(() => "\ud800"), [true, '"\\ud800"']);
});

test("whatever is raised is told by name and message, without a stack", async () => {
  assert.deepEqual(await asked(() => { throw new TypeError("no"); }), [false, '"TypeError: no"']);
  assert.deepEqual(await asked(() => Promise.reject(7)), [false, '"7"']);
  const [isResult, text] = await asked(() => 1n);
  assert.ok(!isResult && text.startsWith('"TypeError'));
  assert.equal((await asked(5))[0], false);
});

const odd = {
  "a symbol": Symbol("odd"),
  "what has no prototype": Object.create(null),
  "what throws when it is read": { toString() { throw Symbol("odd"); } },
  "a Proxy": new Proxy({}, { get() { throw null; } }),
  "half a character": "\ud800",
  null: null,
  undefined,
  "a text without end": "\u0001".repeat(1e5),
};
for (const [name, thrown] of Object.entries(odd)) {
  test(`${name} is told, too, when it is thrown`, async () => {
    for (const f of [() => { throw thrown; }, () => Promise.reject(thrown), () => ({ toJSON() { throw thrown; } })]) {
      const [isResult, text] = await asked(f);
      assert.equal(isResult, false);
      assert.equal(typeof JSON.parse(text), "string");
      assert.ok(text.length <= 6002 && !/\p{Surrogate}/u.test(text));
    }
  });
}

test("a result over the limit is refused before it is sent", async () => {
  const { window, texts } = await ready({ values: { MAX_JSON: 10 } });
  window.a1(() => () => "x".repeat(20), "null");
  for (let turn = 0; turn < 5; turn++) await tick();
  assert.deepEqual(answers(texts).map((item) => item[2].slice(0, 2)), [["answer", false]]);
});

test("the second name says why the question could not be read", async () => {
  const { window, own, before, texts } = await ready();
  window.b1("SyntaxError: no");
  assert.deepEqual(own(), before);
  await tick();
  assert.deepEqual(answers(texts), [[-1, "", ["answer", false, '"SyntaxError: no"']]]);
});

test("who calls twice, both siblings, or a kept reference later is not heard again", async () => {
  for (const [one, other] of [["a1", "a1"], ["a1", "b1"], ["b1", "a1"], ["b1", "b1"]]) {
    const room = await ready();
    const call = (name) => room[name](name === "a1" ? () => () => "x" : "y", "null");
    call(one);
    call(other);
    for (let turn = 0; turn < 5; turn++) await tick();
    call(other);
    for (let turn = 0; turn < 5; turn++) await tick();
    assert.equal(answers(room.texts).length, 1);
  }
});

test("a question that calls its own siblings is answered once", async () => {
  const room = await ready();
  room.window.a1(() => () => { room.a1(() => () => 2, "null"); room.b1("3"); return 1; }, "null");
  for (let turn = 0; turn < 5; turn++) await tick();
  assert.deepEqual(answers(room.texts), [[-1, "", ["answer", true, "1"]]]);
});

test("a name that the page has nailed down still answers once", async () => {
  const room = await ready();
  Object.defineProperty(room.window, "b1", { value: room.b1, configurable: false });
  room.window.a1(() => () => 1, "null");
  room.window.b1("again");
  for (let turn = 0; turn < 5; turn++) await tick();
  assert.deepEqual(answers(room.texts), [[-1, "", ["answer", true, "1"]]]);
});

test("when nobody waits any more the names are gone", async () => {
  const { own, before, sink } = await ready();
  sink(7, to.forget);
  assert.deepEqual(own(), before);
});

test("a name that exists already is no way in", async () => {
  const { window, sink, greet } = load();
  Object.defineProperty(Object.prototype, "get", { value: () => assert.fail("called"), configurable: true });
  try {
    await greet();
    sink(7, to.question);
    assert.equal(typeof window.a1, "function");
  } finally {
    delete Object.prototype.get;
  }
});
