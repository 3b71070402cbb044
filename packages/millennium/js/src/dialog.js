/*! @millennium/api */
// Native dialogs. What the user picks may then be used with fs.js: the choice is the permission.
import { invoke } from "./core.js";

/**
 * @typedef {object} FileFilter
 * @property {string} name what the user reads ("Images")
 * @property {string[]} extensions without dots; "*" means any
 */

/**
 * @typedef {object} SaveOptions
 * @property {string} [title]
 * @property {string} [defaultPath] a folder, a file, or only a file's name
 * @property {FileFilter[]} [filters]
 */

/**
 * @typedef {object} OpenChoice
 * @property {boolean} [multiple] whether several may be picked
 * @property {boolean} [directory] whether folders are picked; granted with their files, or
 *   with all below them where `allowlist.fs.picked-folders` is "all"
 */

/** @typedef {SaveOptions & OpenChoice} OpenOptions */

/**
 * @typedef {object} MessageOptions
 * @property {string} [title] default: the app's name
 * @property {"info" | "warning" | "error" | "question"} [kind]
 */

/**
 * Ask for files or folders that exist.
 * @param {OpenOptions} [options]
 * @returns {Promise<string[]>} absolute paths; empty when cancelled
 */
export const open = (options = {}) => invoke("dialog.open", { options });

/**
 * Ask for a path to write to.
 * @param {SaveOptions} [options]
 * @returns {Promise<string | null>} an absolute path; null when cancelled
 */
export const save = (options = {}) => invoke("dialog.save", { options });

/**
 * Tell the user something.
 * @param {string} message
 * @param {MessageOptions} [options]
 * @returns {Promise<void>}
 */
export const message = (message, options = {}) => invoke("dialog.message", { options: { ...options, message } });

/**
 * Ask a question with the answers Yes and No.
 * @param {string} message
 * @param {MessageOptions} [options]
 * @returns {Promise<boolean>} false when dismissed
 */
export const ask = (message, options = {}) => invoke("dialog.ask", { options: { ...options, message } });

/**
 * Ask whether to go on, with the answers OK and Cancel.
 * @param {string} message
 * @param {MessageOptions} [options]
 * @returns {Promise<boolean>} false when dismissed
 */
export const confirm = (message, options = {}) => invoke("dialog.confirm", { options: { ...options, message } });
