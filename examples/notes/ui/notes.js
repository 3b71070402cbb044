// Notes: search as you type, write, preview, import and export. Python keeps the notes; this page shows them.
import { invoke } from "@millennium/api";
import { show } from "@millennium/api/window";
import { exportNote, importFolder } from "./files.js";
import * as list from "./list.js";
import { render } from "./markdown.js";
import * as toast from "./toast.js";

/** @typedef {{ id: number, body: string, created: string, updated: string }} Note */

/** @template {HTMLElement} T @param {string} id @returns {T} */
const get = (id) => /** @type {T} */ (document.getElementById(id));
const query = /** @type {HTMLInputElement} */ (get("query"));
const body = /** @type {HTMLTextAreaElement} */ (get("body"));
const page = get("page");
const keys = /** @type {HTMLDialogElement} */ (get("keys"));
const SAVE_AFTER_MS = 400;

/** @type {Note | null} */
let note = null;
let saving = 0;
let search = 0;
let opening = 0;

/** @param {"welcome" | "editor" | "failure" | ""} name */
function view(name) {
  for (const part of ["welcome", "editor", "failure"]) get(part).hidden = part !== name;
}

/** @param {unknown} error @param {() => void} retry */
function fail(error, retry) {
  const { code = "failed", message = String(error) } = /** @type {{ code?: string, message?: string }} */ (error);
  get("failure-text").textContent = message || "That did not work";
  get("failure-code").textContent = code;
  get("again").onclick = retry;
  view("failure");
}

/** Run something and show its error with one way out. @param {() => Promise<void>} work */
async function attempt(work) {
  try {
    await work();
  } catch (error) {
    fail(error, () => void attempt(work));
  }
}

async function refresh() {
  const turn = ++search;
  const text = query.value.trim();
  const notes = await invoke("list_notes", { query: text });
  if (turn !== search) return;
  list.showList(notes, text);
  if (!notes.length && !text) {
    note = null;
    view("welcome");
  } else if (!note && notes.length) await open(notes[0].id);
  else view(note ? "editor" : "");
}

/** @param {number} id */
async function open(id) {
  const turn = ++opening;
  const next = id === note?.id ? note : await invoke("open_note", { id });
  await save(); // what was typed meanwhile belongs to the note that is still shown
  if (turn !== opening) return;
  if (next !== note) body.value = next.body;
  note = next;
  get("when").textContent = `Changed ${list.when(next.updated)}`;
  list.choose(id);
  view("editor");
  preview(false);
}

async function save() {
  clearTimeout(saving);
  saving = 0;
  if (!note || note.body === body.value) return;
  const changed = { id: note.id, body: body.value };
  const summary = await invoke("save_note", changed);
  if (note?.id === changed.id) {
    Object.assign(note, { body: changed.body, updated: summary.updated });
    get("when").textContent = `Saved ${list.when(summary.updated)}`;
  }
  list.update(summary);
}

async function add() {
  await save();
  query.value = "";
  const fresh = await invoke("add_note", { body: "" });
  note = null;
  await refresh();
  await open(fresh.id);
  body.focus();
}

async function remove() {
  if (!note) return;
  await save();
  const gone = await invoke("remove_note", { id: note.id });
  note = null;
  await refresh();
  toast.show("Note deleted", {
    action: "Undo",
    run: () => void attempt(async () => {
      await invoke("restore_note", { note: gone });
      await refresh();
      await open(gone.id);
    }),
  });
}

async function bring() {
  const stop = new AbortController();
  const cancel = { action: "Cancel", run: () => stop.abort(), stays: true };
  const count = await importFolder(
    (done, total) => toast.show(`Importing ${done} of ${total}`, { ...cancel, progress: done / total }),
    stop.signal,
  );
  if (count === null) return;
  await refresh();
  toast.show(count === 1 ? "1 note imported" : `${count} notes imported`);
}

async function send() {
  if (!note) return;
  await save();
  const title = body.value.split("\n").find((line) => line.trim()) ?? "";
  if (await exportNote(title.replace(/^#+\s*/, ""), body.value)) toast.show("Note exported");
}

/** @param {boolean} on */
function preview(on) {
  get("preview").setAttribute("aria-pressed", String(on));
  if (on) page.replaceChildren(...render(body.value));
  page.hidden = !on;
  body.hidden = on;
  if (on) page.focus();
}

/** @param {string} theme */
function wear(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const radio of document.getElementsByName("theme")) {
    if (radio instanceof HTMLInputElement) radio.checked = radio.value === theme;
  }
}

const toggle = () => preview(page.hidden);
const showKeys = () => keys.showModal();
/** @type {{ keys: string[], words: string, run: () => unknown }[]} */
const SHORTCUTS = [
  { keys: ["Ctrl", "N"], words: "New note", run: () => attempt(add) },
  { keys: ["Ctrl", "F"], words: "Search, or press /", run: () => query.select() },
  { keys: ["Ctrl", "S"], words: "Save now", run: () => attempt(save) },
  { keys: ["Ctrl", "E"], words: "Preview", run: toggle },
  { keys: ["Ctrl", "I"], words: "Import a folder", run: () => attempt(bring) },
  { keys: ["Ctrl", "Shift", "E"], words: "Export this note", run: () => attempt(send) },
  { keys: ["Ctrl", "Shift", "D"], words: "Delete this note", run: () => attempt(remove) },
];

/** @param {KeyboardEvent} event @returns {(() => unknown) | undefined} */
function shortcut(event) {
  const typing = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement;
  if (event.ctrlKey || event.metaKey) {
    const pressed = event.key.toUpperCase();
    return SHORTCUTS.find((it) => it.keys.at(-1) === pressed && it.keys.includes("Shift") === event.shiftKey)?.run;
  }
  if (event.key === "Escape" && query.value) return () => ((query.value = ""), attempt(refresh));
  if (typing && event.target !== query) return undefined;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = list.beside(event.key === "ArrowDown" ? 1 : -1);
    return next ? () => attempt(() => open(next)) : undefined;
  }
  if (event.key === "Enter" && event.target === query) return () => body.focus();
  if (typing) return undefined;
  if (event.key === "/") return () => query.select();
  if (event.key === "?") return showKeys;
  return undefined;
}

function listen() {
  document.addEventListener("keydown", (event) => {
    const run = keys.open ? undefined : shortcut(event);
    if (!run) return;
    event.preventDefault();
    run();
  });
  query.addEventListener("input", () => void attempt(refresh));
  body.addEventListener("input", () => {
    clearTimeout(saving);
    saving = setTimeout(() => void attempt(save), SAVE_AFTER_MS);
  });
  list.onOpen((id) => void attempt(() => open(id)));
  for (const id of ["add", "first"]) get(id).onclick = () => void attempt(add);
  for (const id of ["import", "bring"]) get(id).onclick = () => void attempt(bring);
  get("remove").onclick = () => void attempt(remove);
  get("export").onclick = () => void attempt(send);
  get("preview").onclick = toggle;
  get("help").onclick = showKeys;
  get("themes").addEventListener("change", (event) => {
    const theme = /** @type {HTMLInputElement} */ (event.target).value;
    wear(theme);
    void invoke("choose_theme", { theme });
  });
  addEventListener("pagehide", () => void save());
}

function explainKeys() {
  for (const { keys: names, words } of SHORTCUTS) {
    const term = document.createElement("dt");
    term.append(...names.map((name) => Object.assign(document.createElement("kbd"), { textContent: name })));
    get("keys-list").append(term, Object.assign(document.createElement("dd"), { textContent: words }));
  }
}

explainKeys();
listen();
// The window is hidden at first, so nobody sees it in the wrong theme or empty for a moment.
await attempt(async () => {
  wear(await invoke("theme"));
  await refresh();
});
await show();
