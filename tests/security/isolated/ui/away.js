// Sends the isolation frame elsewhere.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const say = (text) => invoke("echo", { text }).catch((e) => `${e.code}: ${e.message}`);
const first = await say("first"), frame = document.querySelector("iframe");
await new Promise((done) => {
  frame.onload = done;
  frame.removeAttribute("sandbox");
  frame.src = "evil.html";
});
const result = { first, after: await say("second") };
await fetch("/told?" + encodeURIComponent(JSON.stringify(result)));
