// Tries to show, fetch, frame and run files inside and outside of the scope.
import { convertFileSrc, invoke } from "@millennium/api";

const picture = (src) => new Promise((done) => {
  const image = new Image();
  image.onload = () => done(`${image.naturalWidth}x${image.naturalHeight}`);
  image.onerror = () => done("refused");
  image.src = src;
});
const fetched = (path, headers = {}) => fetch(convertFileSrc(path), { headers }).then(
  async (answer) => ({ status: answer.status, bytes: (await answer.arrayBuffer()).byteLength }),
  () => ({ status: 0, bytes: 0 }),
);
const added = (name, src) => new Promise((done) => {
  const element = Object.assign(document.createElement(name), { src });
  element.onload = () => done("loaded");
  element.onerror = () => done("refused");
  setTimeout(() => done("silent"), 2000);
  document.body.append(element);
});
const prefix = "/__millennium/asset/";
const parsed = document.getElementById("parsed");
await new Promise((done) => (parsed.complete ? done() : Object.assign(parsed, { onload: done, onerror: done })));
const result = {
  parsed: `${parsed.naturalWidth}x${parsed.naturalHeight}`,
  inside: await picture(convertFileSrc("$HOME/shown/a.png")),
  drawing: await picture(convertFileSrc("$HOME/shown/drawing.svg")),
  outside: await picture(convertFileSrc("$HOME/a.png")),
  hidden: await picture(convertFileSrc("$HOME/shown/.hidden.png")),
  link: await picture(convertFileSrc("$HOME/shown/link.png")),
  climbs: await picture(`${prefix}%24HOME%2Fshown%2F..%2Fa.png`),
  encoded: await picture(`${prefix}%24HOME%2Fshown%2F%2e%2e%2Fa.png`),
  segments: await picture(`${prefix}$HOME/shown/../a.png`),
  twice: await picture(`${prefix}%2524HOME%252Fshown%252Fa.png`),
  whole: await fetched("$HOME/shown/large.bin"),
  part: await fetched("$HOME/shown/large.bin", { Range: "bytes=10-19" }),
  secret: await fetched("/etc/passwd"),
  secret_part: await fetched("/etc/passwd", { Range: "bytes=0-9" }),
  script: await added("script", convertFileSrc("$HOME/shown/code.js")),
  frame: await added("iframe", convertFileSrc("$HOME/shown/page.html")),
  drawing_frame: await added("iframe", convertFileSrc("$HOME/shown/drawing.svg")),
};
const ran = { script: globalThis.ran === true, frame: globalThis.framed === true, drawing: globalThis.drawn === true };
await invoke("report", { result: { ...result, ran } });
