// Every kind of frame and worker runs the same probe; what never answers was blocked.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const cells = {}, expected = [];
const take = ({ data }) => { if (data && data.name) cells[data.name] = data.cell; };
addEventListener("message", take);
const probe = await (await fetch("/probe.js")).text();
const html = (name) => `<script>globalThis.probeName = ${JSON.stringify(name)};${probe}<\/script>`;
const blob = (text, type) => URL.createObjectURL(new Blob([text], { type }));

const element = (name, tag, attributes) => {
  expected.push(name);
  const made = document.createElement(tag);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  document.body.append(made);
  return made;
};
const frame = (name, attributes) => element(name, "iframe", attributes);

frame("same-origin", { src: "frame.html#same-origin" });
frame("nested", { src: "nest.html" });
frame("srcdoc", { srcdoc: html("srcdoc") });
frame("blob", { src: blob(html("blob"), "text/html") });
frame("data", { src: "data:text/html," + encodeURIComponent(html("data")) });
frame("sandboxed", { src: "frame.html#sandboxed", sandbox: "allow-scripts" });
frame("sandboxed-srcdoc", { srcdoc: html("sandboxed-srcdoc"), sandbox: "allow-scripts" });
frame("sandboxed-same-origin", { src: "frame.html#sandboxed-same-origin", sandbox: "allow-scripts allow-same-origin" });
frame("sandboxed-blob", { src: blob(html("sandboxed-blob"), "text/html"), sandbox: "allow-scripts" });
const blank = frame("about-blank", {}), script = blank.contentDocument.createElement("script");
script.textContent = html("about-blank").replace(/^<script>|<\/script>$/g, "");
blank.contentDocument.body.append(script);
element("object", "object", { data: "frame.html#object", type: "text/html" });
element("embed", "embed", { src: "frame.html#embed", type: "text/html" });

const work = (name, make) => {
  expected.push(name);
  try {
    const worker = make();
    worker.onmessage = ({ data }) => { cells[name] = data.cell; };
    worker.port?.start();
  } catch { cells[name] = "blocked"; }
};
work("worker", () => new Worker("/worker.js"));
work("worker-module", () => new Worker("/probe.js", { type: "module" }));
work("worker-blob", () => new Worker(blob(probe, "text/javascript")));
work("worker-blob-module", () => new Worker(blob(probe, "text/javascript"), { type: "module" }));

const popups = {};
for (const url of ["frame.html#popup", "about:blank", blob(html("popup-blob"), "text/html"), "javascript:1"]) {
  const popup = window.open(url, "named");
  popups[url.split(":")[0]] = popup === null ? "null" : typeof popup;
}
const service = await Promise.race([
  navigator.serviceWorker ? navigator.serviceWorker.register("/worker.js").then(() => "registered", (error) => error.name + ": " + error.message) : "absent",
  new Promise((done) => setTimeout(done, 1500, "no answer")),
]);
const end = performance.now() + 2500;
while (performance.now() < end && expected.some((name) => !cells[name])) await new Promise((done) => setTimeout(done, 25));
for (const name of expected) cells[name] ??= "blocked";
await invoke("report", { result: { cells, popups, service, greeting: await invoke("echo", { value: "still here" }) } });
