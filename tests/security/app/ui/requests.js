// The byte path without the bootstrap: guessed tickets, every method, bodies that end processes.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const url = "/__millennium/ipc/", ticket = "x-millennium-ticket", guess = "A".repeat(22);
const status = async (options) => {
  try { return (await fetch(url, options)).status; } catch { return "blocked"; }
};
const form = new FormData();
form.append("file", new Blob(["abc"]), "a.txt");
const request = (send) => new Promise((done) => {
  const xhr = new XMLHttpRequest();
  xhr.open("POST", url);
  xhr.setRequestHeader(ticket, "__proto__");
  xhr.onloadend = () => done(xhr.status);
  xhr.send(send);
});
const statuses = {
  get: await status({}), guessedGet: await status({ headers: { [ticket]: guess } }),
  post: await status({ method: "POST", body: "x" }),
  guessedPost: await status({ method: "POST", body: "x", headers: { [ticket]: guess } }),
  put: await status({ method: "PUT", body: "x", headers: { [ticket]: guess } }),
  delete: await status({ method: "DELETE", headers: { [ticket]: guess } }),
  blob: await status({ method: "POST", body: new Blob(["abc"]) }),
  guessedBlob: await status({ method: "POST", body: new Blob(["abc"]), headers: { [ticket]: guess } }),
  form: await status({ method: "POST", body: form, headers: { [ticket]: guess } }),
  xhrText: await request("x"), xhrBlob: await request(new Blob(["abc"])),
  deeper: await (async () => (await fetch(url + "x")).status)(),
};
const accepted = {
  up: await invoke("upload", new Uint8Array(5)),
  down: (await invoke("download", { size: 400000 })).byteLength,
};
await invoke("report", { result: { statuses, accepted } });
