// Goes on and back: a new document, unless the engine keeps the old one.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const wait = (ms, value) => new Promise((done) => setTimeout(done, ms, value));
const runs = Number(sessionStorage.getItem("runs") || 0) + 1;
const tell = async (persisted) => {
  const alive = await Promise.race([invoke("inline", { value: 3 }).catch((error) => error.code), wait(1000, "no answer")]);
  await fetch("/told?" + encodeURIComponent(JSON.stringify({ persisted, alive, runs })));
};
addEventListener("pageshow", (event) => { if (event.persisted) tell(true); });
if (location.search) {
  await invoke("inline", { value: 1 });
  await wait(100);
  history.back();
} else {
  sessionStorage.setItem("runs", runs);
  await invoke("inline", { value: 1 });
  await wait(100);
  if (runs === 1) location.href += "?next";
  else await tell(false);
}
