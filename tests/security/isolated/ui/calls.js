// What the hook may do, and what it may not.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const say = async (text, name = "echo") => {
  try { return await invoke(name, { text }); } catch (e) { return `${e.code}: ${e.message}`; }
};
const result = {};
for (const text of ["plain", "change me", "forbidden", "later", "never", "rename", "nothing", "é世界"]) result[text] = await say(text);
result.surrogate = await say("\ud800");
result.unknown = await say("x", "nobody");
const order = [];
await Promise.all([say("later").then(() => order.push("later")), say("plain").then(() => order.push("plain"))]);
result.order = order.join();
result.many = (await Promise.all(Array.from({ length: 500 }, (_, i) => say(`n${i}`)))).every((text, i) => text === `n${i}`);
result.large = (await say("x".repeat(3e6))).length;
const bytes = (size) => invoke("measure", new Uint8Array(size), { args: { note: "a" } }).catch((e) => `${e.code}: ${e.message}`);
result.bytes = await bytes(100);
result.manyBytes = await bytes(101);
const frame = document.querySelector("iframe");
result.sandbox = frame.getAttribute("sandbox");
result.reach = (() => { try { return String(frame.contentDocument); } catch (e) { return e.name; } })();
result.again = await fetch(frame.src).then((r) => r.status, (e) => e.name);
result.inside = JSON.parse(await say("inside"));
await invoke("report", { result });
