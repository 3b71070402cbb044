// One line at the foot of the window: what just happened, how far it got, and how to take it back.

const box = /** @type {HTMLElement} */ (document.getElementById("toast"));
const words = /** @type {HTMLElement} */ (document.getElementById("toast-text"));
const bar = /** @type {HTMLProgressElement} */ (document.getElementById("toast-progress"));
const button = /** @type {HTMLButtonElement} */ (document.getElementById("toast-action"));
const STAY_MS = 6000;
let timer = 0;

/** Hide the toast. */
export function hide() {
  clearTimeout(timer);
  box.hidden = true;
}

/**
 * Show a line.
 * @param {string} text
 * @param {{ action?: string, run?: () => void, progress?: number, stays?: boolean }} [options] progress: 0 to 1
 */
export function show(text, { action, run, progress, stays } = {}) {
  clearTimeout(timer);
  words.textContent = text;
  bar.hidden = progress === undefined;
  if (progress !== undefined) bar.value = progress;
  button.hidden = !action;
  button.textContent = action ?? "";
  button.onclick = () => {
    hide();
    run?.();
  };
  box.hidden = false;
  if (!stays) timer = setTimeout(hide, STAY_MS);
}
