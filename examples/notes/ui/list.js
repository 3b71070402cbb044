// The list of notes: what is found, which one is chosen, and how the arrow keys move through it.

/** @typedef {{ id: number, title: string, excerpt: string, updated: string }} Summary */

const box = /** @type {HTMLUListElement} */ (document.getElementById("list"));
const none = /** @type {HTMLElement} */ (document.getElementById("none"));
const count = /** @type {HTMLElement} */ (document.getElementById("count"));
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const hour = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const year = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short" });
const number = new Intl.NumberFormat();

/** @type {Summary[]} */
let shown = [];
let chosen = 0;

/** @param {string} iso */
export function when(iso) {
  const then = new Date(iso);
  const now = new Date();
  if (then.toDateString() === now.toDateString()) return hour.format(then);
  return (then.getFullYear() === now.getFullYear() ? day : year).format(then);
}

/** @param {Summary} note */
function row(note) {
  const item = document.createElement("li");
  item.id = `note-${note.id}`;
  item.role = "option";
  item.dataset.id = String(note.id);
  const title = document.createElement("b");
  title.textContent = note.title || "New note";
  const line = document.createElement("span");
  const time = document.createElement("time");
  time.dateTime = note.updated;
  time.textContent = when(note.updated);
  line.append(time, note.excerpt || "No more text");
  item.append(title, line);
  return item;
}

/** Show which note is open; 0 means none. @param {number} id */
export function choose(id) {
  chosen = id;
  for (const item of box.children) {
    const is = item instanceof HTMLElement && item.dataset.id === String(id);
    item.setAttribute("aria-selected", String(is));
    if (is) item.scrollIntoView({ block: "nearest" });
  }
  box.setAttribute("aria-activedescendant", id ? `note-${id}` : "");
}

/** Show the notes that were found. @param {Summary[]} notes @param {string} query */
export function showList(notes, query) {
  shown = notes;
  box.replaceChildren(...notes.map(row));
  none.hidden = notes.length > 0 || !query;
  none.textContent = query ? `No note contains “${query}”. Press Escape to see all.` : "";
  count.textContent = notes.length === 1 ? "1 note" : `${number.format(notes.length)} notes`;
  choose(chosen);
}

/** Put one changed note into the list, on top. @param {Summary} note */
export function update(note) {
  shown = [note, ...shown.filter((other) => other.id !== note.id)];
  const old = document.getElementById(`note-${note.id}`);
  const fresh = row(note);
  if (old && old === box.firstElementChild) old.replaceWith(fresh);
  else {
    old?.remove();
    box.prepend(fresh);
  }
  choose(chosen);
}

/** The note `step` rows away from the chosen one. @param {number} step @returns {number} its id, or 0 */
export function beside(step) {
  const at = shown.findIndex((note) => note.id === chosen);
  const next = shown[Math.min(Math.max(at < 0 ? 0 : at + step, 0), shown.length - 1)];
  return next?.id ?? 0;
}

/** Call back with the id of a note that was clicked. @param {(id: number) => void} open */
export function onOpen(open) {
  box.addEventListener("click", (event) => {
    const item = event.target instanceof Element ? event.target.closest("li") : null;
    if (item?.dataset.id) open(Number(item.dataset.id));
  });
}
