// Asks the frame by itself, in words of which the hook sees one half and the host would take the other.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const say = (name, args, more) => invoke(name, args, more).catch((e) => `${e.code}: ${e.message}`);
const result = { first: await say("echo", { text: "first" }) };
const inner = document.querySelector("iframe").contentWindow;
// the page's calls are counted; it is asked before the private world asks
let id = 1;
const ask = (name, long, data) => {
  const call = say(name, data, { args: { note: "innocent" } });
  inner.postMessage(`${++id}\n${name}\n${long}\n`, "*");
  return call;
};
const forbidden = new TextEncoder().encode('{"text":"forbidden"}');
result.json = await ask("echo", `[{},{"text":"innocent"},${forbidden.length},true]`, forbidden);
result.text = await ask("measure", '[{},{"note":"innocent"},"101,false],[",false]', new Uint8Array(101));
result.right = await ask("measure", '[{},{"note":"innocent"},9,false]', new Uint8Array(9));
result.other = await ask("measure", '[{},{"note":"innocent"},9,false]', new Uint8Array(101));
await invoke("report", { result });
