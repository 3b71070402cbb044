// Its markup has elements that are named as what the document offers.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const result = { hidden: [typeof document.createElement, document.documentElement.tagName] };
const late = new Promise((done) => setTimeout(done, 3000, "NO ANSWER"));
result.said = await Promise.race([late, invoke("echo", { text: "first" })]);
await fetch("/told?" + encodeURIComponent(JSON.stringify(result)));
