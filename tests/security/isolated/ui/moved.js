// Moves the isolation frame to where it is never loaded again.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const late = () => new Promise((done) => setTimeout(done, 3000, "NO ANSWER"));
const say = (text) => Promise.race([late(), invoke("echo", { text }).catch((e) => `${e.code}: ${e.message}`)]);
const result = { first: await say("first") }, frame = document.querySelector("iframe");
frame.loading = "lazy";
frame.remove();
document.documentElement.append(frame);
result.after = await say("second");
await fetch("/told?" + encodeURIComponent(JSON.stringify(result)));
