/*! @millennium/api */
// Events: short messages between pages and Python that nobody answers.
import { invoke, listen, once } from "./core.js";

export { listen, once };

/** @typedef {import("./core.js").Event} Event */

/**
 * Send an event to the app's Python code and to this page. Needs `event.emit`.
 * @param {string} name 1 to 64 of letters, digits and / : _ -
 * @param {any} [payload] what JSON can carry
 * @returns {Promise<void>}
 */
export const emit = (name, payload = null) => invoke("event.emit", { name, payload });

/**
 * Send an event to another window: its page and the Python code that listens for that window.
 * Needs `event.emit_to`.
 * @param {string} target the window's label
 * @param {string} name 1 to 64 of letters, digits and / : _ -
 * @param {any} [payload] what JSON can carry
 * @returns {Promise<void>}
 */
export const emitTo = (target, name, payload = null) =>
  invoke("event.emit_to", { target, name, payload });
