// Takes the isolation frame away while a call is in it.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const say = (text) => invoke("echo", { text }).catch((e) => `${e.code}: ${e.message}`);
const first = await say("first"), frame = document.querySelector("iframe");
const under = say("later");
await new Promise((done) => setTimeout(done, 5));
frame.remove();
const result = { first, under: await under, after: await say("second") };
await fetch("/told?" + encodeURIComponent(JSON.stringify(result)));
