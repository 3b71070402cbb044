// Goes to a foreign page, which comes back to a document of ours that is slow to come.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const plan = await invoke("plan");
location.href = `${plan.foreign}/provisional.html?${new URLSearchParams({ label: plan.label, handler: plan.handler, to: new URL("slow.html", location.href).href })}`;
