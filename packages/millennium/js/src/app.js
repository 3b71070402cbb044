/*! @millennium/api */
// The app itself: what it is called, and showing, hiding and ending it.
import { invoke } from "./core.js";

/** @returns {Promise<string>} what the user calls the app */
export const name = () => invoke("app.name");

/** @returns {Promise<string>} the version of the app */
export const version = () => invoke("app.version");

/** @returns {Promise<string>} the reverse domain name of the app */
export const identifier = () => invoke("app.identifier");

/** @returns {Promise<string>} the version of the framework */
export const millenniumVersion = () => invoke("app.millennium_version");

/** Show all windows. Needs `app.show`. @returns {Promise<void>} */
export const show = () => invoke("app.show");

/** Hide all windows; the app lives on. Needs `app.hide`. @returns {Promise<void>} */
export const hide = () => invoke("app.hide");

/**
 * Ask the app to end; its Python code may prevent it. Needs `app.exit`.
 * @param {number} [code] exit code, 0 to 255
 * @returns {Promise<void>}
 */
export const exit = (code = 0) => invoke("app.exit", { code });
