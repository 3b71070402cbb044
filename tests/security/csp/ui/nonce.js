// A nonce is new for each load, lets its scripts run, and cannot be read from attributes.
import { invoke } from "@millennium/api";
const own = globalThis.nonced, page = await (await fetch("/nonce.html")).text();
const other = /<script nonce="([^"]+)"/.exec(page)[1], ran = {};
globalThis.mark = (name) => { ran[name] = true; };
const inline = (name, nonce) => {
  const made = document.createElement("script");
  made.nonce = nonce;
  made.textContent = `mark(${JSON.stringify(name)})`;
  document.body.append(made);
};
inline("own nonce", own);
inline("nonce of another load", other);
const attribute = document.querySelector("script[nonce]").getAttribute("nonce");
await invoke("report", { result: { ran, differ: own !== other, attribute, text: document.querySelector("p").textContent } });
