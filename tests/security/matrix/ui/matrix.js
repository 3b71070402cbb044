// Every kind of frame and worker runs the same attack; then everything that was seen is reported.
const { invoke, listen, label } = globalThis.__MILLENNIUM_INTERNALS__;
const base = location.search ? decodeURIComponent(location.search.slice(1)) : new URL(".", location.href).href;
const away = base.replace(/\/\/[^/]*/, "//elsewhere.localhost");
const names = await invoke("names"), attack = await (await fetch("attack.js")).text();
const cells = {}, expected = [], ports = {}, forged = new Set(), notes = {};
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const STEP = 400;
let heard = 0;
listen("matrix:forged", ({ payload }) => forged.add(payload));
listen("matrix:secret", () => { heard += 1; });

const take = ({ data }) => {
  if (data?.cell) cells[data.row] = data.cell;
  if (data?.captured !== undefined) cells[data.row].captured = data.captured;
};
addEventListener("message", take);
const spec = (row, more) => {
  expected.push(row);
  return { row, names, home: location.origin, from: expected.length * STEP, to: (expected.length + 1) * STEP, ...more };
};
const packed = (row, more) => encodeURIComponent(JSON.stringify(spec(row, more)));
const code = (row) => `globalThis.spec = ${JSON.stringify(spec(row))};${attack}`;
const html = (row) => `<script>${code(row)}<\/script>`;
const blob = (text, type) => URL.createObjectURL(new Blob([text], { type }));
const element = (tag, attributes) => {
  const made = document.createElement(tag);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  document.body.append(made);
  return made;
};
const frame = (attributes) => element("iframe", attributes);

frame({ src: `${base}frame.html#${packed("same-origin")}` });
frame({ src: `${away}frame.html#${packed("cross-origin")}` });
frame({ src: `${base}frame.html#${packed("sandboxed")}`, sandbox: "allow-scripts" });
frame({ src: `${base}frame.html#${packed("sandboxed-same-origin")}`, sandbox: "allow-scripts allow-same-origin" });
frame({ srcdoc: html("srcdoc") });
frame({ srcdoc: html("sandboxed-srcdoc"), sandbox: "allow-scripts" });
frame({ src: blob(html("blob"), "text/html") });
frame({ src: blob(html("sandboxed-blob"), "text/html"), sandbox: "allow-scripts" });
frame({ src: "data:text/html," + encodeURIComponent(html("data")) });
const blank = frame({}), script = blank.contentDocument.createElement("script");
script.textContent = code("about-blank");
blank.contentDocument.body.append(script);
frame({ src: `${base}nest.html#${packed("nested", { inner: `${base}frame.html` })}` });
frame({ src: `${base}nest.html#${packed("nested-cross-origin", { inner: `${away}frame.html` })}` });
frame({ src: `${away}nest.html#${packed("nested-in-cross-origin", { inner: `${base}frame.html` })}` });
element("object", { data: `${base}frame.html#${packed("object")}`, type: "text/html" });
element("object", { data: `${away}frame.html#${packed("object-cross-origin")}`, type: "text/html" });
element("embed", { src: `${base}frame.html#${packed("embed")}`, type: "text/html" });
element("embed", { src: `${away}frame.html#${packed("embed-cross-origin")}`, type: "text/html" });

const work = (row, make) => {
  try {
    const worker = make();
    (worker.port ?? worker).onmessage = take;
    worker.onerror = (event) => { notes[row] = `error ${event.message ?? ""}`.trim(); };
    worker.port?.start();
  } catch (error) { notes[row] = `${error.name}: ${error.message}`; }
};
work("worker", () => new Worker(`attack.js?${packed("worker")}`));
work("worker-module", () => new Worker(`attack.js?${packed("worker-module")}`, { type: "module" }));
work("worker-blob", () => new Worker(blob(code("worker-blob"), "text/javascript")));
work("shared-worker", () => new SharedWorker(`attack.js?${packed("shared-worker")}`));
work("shared-worker-blob", () => new SharedWorker(blob(code("shared-worker-blob"), "text/javascript")));
expected.push("service-worker");
notes["service-worker"] = await Promise.race([
  navigator.serviceWorker ? navigator.serviceWorker.register("attack.js").then(() => "registered", (error) => `${error.name}: ${error.message}`) : "absent",
  wait(1500).then(() => "no answer"),
]);
const popup = window.open("about:blank", "named", "width=100,height=100");
expected.push("popup");
notes.popup = popup === null ? "null" : typeof popup;
if (popup) {
  const made = popup.document.createElement("script");
  made.textContent = code("popup");
  popup.document.body.append(made);
}

const until = async (ms, f) => { for (const end = performance.now() + ms; performance.now() < end && !f();) await wait(20); };
// in these two some never answer
await until(label === "policy" || label === "welcoming" ? 4000 : 15000, () => expected.every((row) => cells[row] || notes[row]));
await wait(50);
await Promise.race([invoke("shout").catch(() => {}), wait(3000)]);
const within = (one) => (one ? Array.from({ length: one.length }, (_, index) => one[index]) : []);
const frames = [...within(window), ...within(window).flatMap(within), popup];
for (const one of frames) one?.postMessage("collect", "*");
await until(2000, () => expected.every((row) => cells[row]?.document !== "object" || cells[row].captured !== undefined));
if (typeof window[names.sink] === "function") for (let n = 0; n < (expected.length + 2) * STEP; n += 1) window[names.sink](1, `${n}\n\n`);
const greeting = await Promise.race([invoke("mark", { row: "page", column: "own" }), wait(2000)]).catch((error) => error.code);
await fetch("/told?" + encodeURIComponent(JSON.stringify({ cells, notes, forged: [...forged], heard, expected, greeting })));
