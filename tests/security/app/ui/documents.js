// What a page may do to its own document must not cost it the bridge, nor win anything.
const internals = globalThis.__MILLENNIUM_INTERNALS__, { invoke } = internals;
const code = (name, args) => invoke(name, args).then((value) => "answered " + value, (error) => error.code);
const attempt = (f) => { try { f(); return "done"; } catch (error) { return error.name; } };
const descriptor = Object.getOwnPropertyDescriptor(window, "__MILLENNIUM_INTERNALS__");
const internal = {
  visible: Object.keys(window).includes("__MILLENNIUM_INTERNALS__"),
  descriptor: [descriptor.writable, descriptor.configurable, descriptor.enumerable],
  frozen: [internals, internals.invoke, internals.listen, internals.channel].map(Object.isFrozen),
  replaced: attempt(() => { window.__MILLENNIUM_INTERNALS__ = 1; }),
  redefined: attempt(() => Object.defineProperty(window, "__MILLENNIUM_INTERNALS__", { value: 1 })),
  deleted: attempt(() => { delete window.__MILLENNIUM_INTERNALS__; }),
};
const refused = {};
for (const name of [
  "nothing", "__proto__", "constructor", "toString", "", " ", "app.exit", "fs.read_text", "app:exit",
  "a\n{}\n1\necho", "echo\n", "\necho", "echo\0", "\u2028echo", "\ud800", "x".repeat(100000),
]) refused[JSON.stringify(name.slice(0, 20))] = await code(name, { value: "x" });
for (const name of [null, undefined, 7, {}, Symbol.iterator, ["echo"]]) {
  refused["type " + (name === null ? "null" : Array.isArray(name) ? "array" : typeof name)] = await code(name, { value: "x" });
}
const args = {
  proto: await code("echo", JSON.parse('{"__proto__": {"value": "x"}}')),
  surrogate: await code("echo", { value: "\ud800" }),
  nul: await code("echo", { value: "\0" }),
  text: await code("echo", "x"),
  list: await code("echo", ["x"]),
  fine: await code("echo", { value: "x" }),
};
history.pushState({}, "", "/pushed");
const after = { pushState: await code("inline", { value: 1 }) };
location.hash = "there";
after.hash = await code("inline", { value: 2 });
history.back();
await new Promise((done) => setTimeout(done, 100));
after.back = await code("inline", { value: 3 });
document.write("<p>written</p>");
after.write = await code("inline", { value: 4 });
document.open();
document.write("<p>rewritten</p>");
document.close();
after.open = await code("inline", { value: 5 });
after.same = window.__MILLENNIUM_INTERNALS__ === internals;
for (const url of ["data:text/html,x", "blob:millennium://localhost/x", "file:///etc/passwd", "other://x", "javascript:document.title='ran'"]) {
  attempt(() => { location.href = url; });
  await new Promise((done) => setTimeout(done, 50));
  after[url.split(":")[0]] = await code("inline", { value: 6 });
}
after.title = document.title;
await invoke("report", { result: { internal, refused, args, after } });
