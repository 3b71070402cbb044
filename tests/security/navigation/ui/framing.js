// Goes to a foreign page that frames documents of ours, and comes back.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const plan = await invoke("plan"), alive = await invoke("inline", { value: 6 });
if (location.search) await fetch("/told?" + encodeURIComponent(JSON.stringify({ alive })));
else location.href = `${plan.foreign}/framing.html?${new URLSearchParams({ label: plan.label, back: `${location.href}?back`, handler: plan.handler, sink: plan.sink })}`;
