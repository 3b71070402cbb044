// Takes the document's root away before the frame can be put there.
document.documentElement.remove();
(async () => {
  const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
  const late = new Promise((done) => setTimeout(done, 3000, "NO ANSWER"));
  const said = await Promise.race([late, invoke("echo", { text: "first" }).catch((e) => `${e.code}: ${e.message}`)]);
  await fetch("/told?" + encodeURIComponent(JSON.stringify({ said })));
})();
