// Tries, in an app that turned everything on, what other products offered to their attackers.
import { Channel, invoke, listen } from "@millennium/api";
import * as names from "./names.js";

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const code = async (name, args) => {
  const late = pause(8000).then(() => "NO ANSWER");
  try { return await Promise.race([invoke(name, args).then((value) => ({ value })), late]); } catch (error) { return error.code ?? String(error); }
};
const codes = async (list, call) => Object.fromEntries(await Promise.all(list.map(async (each) => [each, await call(each)])));
const isPolluted = () => ({}).polluted ?? [].polluted ?? (() => {}).polluted ?? "clean";

const result = { granted: (await code("app.name")).value };
await codes(names.forging, (name) => code(name, {}));
result.failed = await codes(names.forging, (text) => code("fail", { text }));
result.absent = await codes(names.absent, (name) => code(name, {}));
result.outside_of_the_scope = await codes(names.outside, (path) => code("fs.read_text", { path }));
const began = performance.now();
result.many_names = { found: (await code("fs.exists", { path: "$HOME/allowed" + "/a".repeat(1900) })).value };
result.many_names.ms = performance.now() - began;
result.inside_of_the_scope = await codes(names.inside, (path) => code("fs.read_text", { path }));
result.written = await codes(names.unwritable, (path) => code("fs.write_text", { path, text: "overwritten" }));
result.listed = await codes(["$HOME", "$HOME/allowed/folder", "/"], (path) => code("fs.list", { path }));
result.entries = (await code("fs.list", { path: "$HOME/allowed" })).value.map((entry) => [entry.name, entry.kind]);
result.options = {};
for (const [label, [name, args]] of Object.entries(names.options)) result.options[label] = await code(name, args);

// --- what would pollute prototypes
const heard = new Promise((done) => listen("everything:pollution", (event) => done(event.payload)));
const channel = new Channel();
const item = new Promise((done) => { channel.onmessage = done; });
const answer = await invoke("pollute", { to: channel });
await Promise.all([heard, item]);
await invoke("echo", { value: JSON.parse('{"__proto__": {"polluted": "by echo"}}') });
result.pollution = { after: isPolluted(), keys: Object.keys(answer).sort() };
const merge = (into, from) => { for (const key in from) { if (typeof from[key] === "object") merge(into[key] ??= {}, from[key]); else into[key] = from[key]; } };
merge({}, answer);
result.pollution.control = isPolluted();
delete Object.prototype.polluted;

// --- objects that are more than JSON
const traps = [];
const odd = {
  getter: { get value() { throw new Error("from a getter"); } },
  toJSON: { value: { toJSON() { throw new Error("from toJSON"); } } },
  loop: (() => { const value = {}; value.self = value; return { value }; })(),
  big: { value: 2n ** 70n },
  proxy: { value: new Proxy({ x: 1 }, { get: (target, key) => { traps.push(String(key)); return target[key]; } }) },
  function: { value: () => 1 },
  infinite: { value: Infinity },
  surrogate: { value: "\ud800" },
};
result.odd = {};
for (const [kind, args] of Object.entries(odd)) result.odd[kind] = await code("echo", args);
result.traps = [...new Set(traps)].sort();
result.still_answers = (await code("number", { value: 7 })).value;

// --- what markup could make of the window
const area = document.body.appendChild(document.createElement("div"));
area.className = "pywebview-drag-region";
for (const name of ["data-millennium-drag-region", "data-tauri-drag-region", "data-wails-drag"]) area.setAttribute(name, "");
area.style.cssText = "width:99px;height:99px;-webkit-app-region:drag;app-region:drag;--wails-draggable:drag";
for (const type of ["pointerdown", "mousedown", "mousemove", "mouseup", "dblclick"]) area.dispatchEvent(new MouseEvent(type, { bubbles: true, buttons: 1, clientX: 5, clientY: 5, screenX: 400, screenY: 400 }));
await pause(100);
result.dragged = await invoke("moves");
await invoke("window.set_position", { x: 10, y: 10 });
result.dragged_by_call = await invoke("moves");

// --- whom other sites are told about
const site = await invoke("address");
const load = (tag, path) => Promise.race([pause(2000), new Promise((done) => {
  const made = document.createElement(tag);
  made.onload = made.onerror = done;
  made.src = site + path;
  document.body.append(made);
})]);
history.replaceState({}, "", "/private/path?secret=1");
await load("img", "/picture.png");
await fetch(site + "/fetched").catch(() => {});
await fetch(site + "/asked", { referrerPolicy: "unsafe-url" }).catch(() => {});
await fetch(site + "/named", { referrer: location.href, referrerPolicy: "unsafe-url" }).catch(() => {});
await pause(200);
result.referrers = await invoke("referrers");

// --- keys that stay inside
result.exported = {};
for (const may of [false, true]) {
  const key = await crypto.subtle.importKey("raw", new Uint8Array(32), "AES-GCM", may, ["encrypt"]);
  result.exported[may] = await crypto.subtle.exportKey("raw", key).then(() => "exported", (error) => error.name);
}

// --- what asks the user
result.notification = "absent";
if (typeof Notification !== "undefined") {
  const asked = await Promise.race([Notification.requestPermission(), pause(500).then(() => "unanswered")]);
  const shown = await Promise.race([new Promise((done) => { const made = new Notification("x"); made.onshow = () => done("shown"); made.onerror = () => done("error"); }), pause(500).then(() => "nothing")]);
  result.notification = { asked, shown, permission: Notification.permission };
}

await invoke("report", { result });
