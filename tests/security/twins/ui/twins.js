// Says that it is there; what it does then, Python says.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
globalThis.heard = [];
new BroadcastChannel("twins").onmessage = ({ data }) => heard.push(data);
await invoke("inline", { value: 1 });
await fetch("/told?" + encodeURIComponent(JSON.stringify({ said: "here" })));
