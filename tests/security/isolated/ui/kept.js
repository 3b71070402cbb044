// Asks the frame what it can see of itself; see `weaken` for what is off here.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
await invoke("report", { result: JSON.parse(await invoke("echo", { text: "inside" })) });
