// Writes its document anew.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const late = () => new Promise((done) => setTimeout(done, 3000, "NO ANSWER"));
const say = (text) => Promise.race([late(), invoke("echo", { text }).catch((e) => `${e.code}: ${e.message}`)]);
const result = { first: await say("first") };
document.open();
document.write("<!doctype html><p>new");
document.close();
result.after = await say("second");
await fetch("/told?" + encodeURIComponent(JSON.stringify(result)));
