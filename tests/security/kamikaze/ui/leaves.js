// Goes away while it is asked; the document after it tells what became of the question.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
if (!sessionStorage.asked) {
  sessionStorage.asked = "yes";
  await invoke("leave");
} else {
  await invoke("report", { result: { outcome: await invoke("outcome").catch((e) => `none: ${e.code}`), told: await invoke("how_often") } });
}
