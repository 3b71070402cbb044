// Claims to be the isolation frame, and stops what the true one says.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const late = () => new Promise((done) => setTimeout(done, 3000, "NO ANSWER"));
const say = (text) => Promise.race([late(), invoke("echo", { text }).catch((e) => `${e.code}: ${e.message}`)]);
let heard = 0;
for (const target of [window, document]) {
  for (const kind of ["message", "load"]) target.addEventListener(kind, (event) => { heard += 1; event.stopImmediatePropagation(); }, true);
}
const result = { first: await say("first") }, frame = document.querySelector("iframe");
const call = say("later");
await new Promise((done) => setTimeout(done, 5));
const data = '2\n"\n{"code":"claimed","message":"by the page"}\n2\n!\n{"code":"claimed","message":"by the page"}\n';
window.dispatchEvent(new MessageEvent("message", { source: frame.contentWindow, data }));
result.claimed = await call;
frame.removeAttribute("sandbox");
frame.src = "evil.html";
await new Promise((done) => setTimeout(done, 500));
result.after = await say("second");
result.heard = heard > 0;
await fetch("/told?" + encodeURIComponent(JSON.stringify(result)));
