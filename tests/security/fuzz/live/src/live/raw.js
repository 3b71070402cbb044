// In the private world of the fuzzed window, beside the true one: says anything to the handler.
(async () => {
  const host = webkit.messageHandlers[$HANDLER], rounds = $ROUNDS;
  let state = $SEED;
  const below = (n) => { // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
  const pick = (list) => list[below(list.length)];
  const letters = ["\0", "\n", "\ud800", "\udc00", "é", "\u2028", "[", "]", "{", "}", '"', "\\", ",", "0", "9", "-", " ", "a"];
  const text = (n) => Array.from({ length: below(n) }, () => pick(letters)).join("");
  const deep = (n) => "[".repeat(n) + "]".repeat(n);
  const bodies = [
    "[]", "[[1,\"h\",{}]]", "[[1,\"\",[\"cancel\"]]]", "[[1,\"\",[\"ack\"]]]", "[[-1,\"\",[\"answer\",true,\"1\"]]]",
    "[[9007199254740993,\"h\",{}]]", "[[1e99,\"h\",{}]]", "[[1,\"h\",{\"__proto__\":1}]]", "[[1,\"h\",[{},{},-1,false]]]",
    "[[0,\"\",[\"verify\",1e308]]]", "null", "{}", "[[]]", "[[1]]", "[[1,2,3]]", "[[null,null,null]]", "NaN",
    deep(50), deep(5000), "[[1,\"h\"," + deep(3000) + "]]", "[" + "[1,\"\",[\"ack\"]],".repeat(300) + "[1,\"\",[\"ack\"]]]",
  ];
  const tokens = ["1", "0", "-1", "999999999999", "1e9", "٣", "", "1".repeat(400)];
  const mutate = (from) => {
    const at = below(from.length + 1), to = at + below(6);
    return from.slice(0, at) + text(6) + from.slice(to);
  };
  const messages = [
    () => pick(["hello 1", "hello 2", "hello", "", " ", "\0", "null", "undefined"]),
    () => `${pick(tokens)} ${pick(["A".repeat(22), "", "é".repeat(22), text(30)])} ${pick(bodies)}`,
    () => mutate(`${pick(tokens)} ${"A".repeat(22)} ${pick(bodies)}`),
    () => text(200),
    () => pick([null, undefined, 0, -0, NaN, Infinity, 2 ** 53, 1e308, true, false, -1.5]),
    () => pick([{}, [], [1, [2, [3]]], { a: { b: null } }, JSON.parse('{"__proto__": 1}'), new Date(0), /x/, new Map([[1, 2]])]),
    () => pick([10n, new Uint8Array(9), new Error("x"), new Set([1])]),
    () => { let nested = []; for (let i = 0; i < 2000; i += 1) nested = [nested]; return nested; },
    () => { const around = {}; around.self = around; return around; },
  ];
  const large = ["x".repeat(3e6), `1 ${"A".repeat(22)} [[1,"h",${JSON.stringify("y".repeat(2e6))}]]`, `1 ${"A".repeat(22)} ${deep(6e5)}`];
  let said = 0, refused = 0, answered = 0;
  const say = async (value) => {
    said += 1;
    try {
      await host.postMessage(value);
      answered += 1;
    } catch {
      refused += 1;
    }
  };
  // not before the page was greeted: whoever greets first is the page
  await new Promise((done) => document.addEventListener("fuzzed", done, { once: true }));
  for (let round = 0; round < rounds; round += 20) {
    await Promise.all(Array.from({ length: 20 }, () => say(pick(messages)())));
  }
  for (const each of large) await say(each);
  // what cannot be cloned never leaves the engine, which never settles: nobody waits for it
  for (const each of [() => 1, Symbol("x"), new Proxy({}, {}), window, document]) host.postMessage(each).catch(() => 0);
  document.documentElement.setAttribute("data-raw", JSON.stringify({ said, refused, answered }));
})();
