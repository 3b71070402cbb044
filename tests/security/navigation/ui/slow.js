// The document that was slow to come.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const wait = new Promise((done) => setTimeout(done, 1000, "no answer"));
const alive = await Promise.race([invoke("inline", { value: 5 }).catch((error) => error.code), wait]);
await fetch("/told?" + encodeURIComponent(JSON.stringify({ alive })));
