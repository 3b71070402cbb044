// The page: a list of names, one secret at a time, and what went wrong in words.
import { invoke } from "@millennium/api";

/** @param {string} id @returns {any} */
const find = (id) => document.getElementById(id);
let chosen = "";

/** @param {string} text @param {boolean} [failed] */
const say = (text, failed = false) => {
  find("said").textContent = text;
  find("said").className = failed ? "failure" : "quiet";
};

/** @param {string} name */
const choose = (name) => {
  chosen = name;
  for (const item of find("names").children) item.setAttribute("aria-selected", String(item.textContent === name));
  find("reveal").disabled = find("forget").disabled = !name;
  say(name ? `The passphrase shows “${name}”.` : "Choose a secret.");
};

/** @param {string[]} names */
const show = (names) => {
  const items = names.map((name) => {
    const item = document.createElement("li");
    item.setAttribute("role", "option");
    item.textContent = name;
    item.addEventListener("click", () => choose(name));
    return item;
  });
  find("names").replaceChildren(...items);
  choose("");
};

/** @template T @param {Promise<T>} call @param {(value: T) => void} then */
const run = async (call, then) => {
  try {
    then(await call);
  } catch (error) {
    say(/** @type {Error} */ (error).message, true);
  }
};

find("form").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const passphrase = find("passphrase").value;
  find("passphrase").value = "";
  run(invoke("reveal", { name: chosen, passphrase }), (secret) => say(`${chosen}: ${secret}`));
});

find("forget").addEventListener("click", () => run(invoke("forget", { forgotten: [chosen] }), show));

find("names").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...find("names").children].map((item) => item.textContent);
  choose(all[Math.min(Math.max(all.indexOf(chosen) + step, 0), all.length - 1)] ?? "");
});

run(invoke("names"), show);
