/*! @millennium/api */
// Files and folders within the scope of this window, and what its user picked in a dialog.
//
// Paths are absolute, or begin with a variable as in the scope ("$APPDATA/notes.txt").
import { invoke } from "./core.js";

/**
 * @typedef {object} FolderEntry
 * @property {string} name
 * @property {string} path
 * @property {"file" | "directory" | "link" | "other"} kind a link is a link, wherever it points
 * @property {boolean} isDirectory
 * @property {boolean} isFile
 */

/** @param {string} path @returns {Promise<string>} the text of a UTF-8 file */
export const readText = (path) => invoke("fs.read_text", { path });

/** @param {string} path @returns {Promise<Uint8Array>} the bytes of a file */
export const readBytes = async (path) => new Uint8Array(await invoke("fs.read_bytes", { path }));

/**
 * Replace the text of a file in one step, or make the file.
 * @param {string} path
 * @param {string} text
 * @returns {Promise<void>}
 */
export const writeText = (path, text) => invoke("fs.write_text", { path, text });

/**
 * Replace the bytes of a file in one step, or make the file.
 * @param {string} path
 * @param {ArrayBuffer | ArrayBufferView | Blob | ReadableStream} data
 * @returns {Promise<void>}
 */
export const writeBytes = (path, data) => invoke("fs.write_bytes", { path, data });

/** @param {string} path @returns {Promise<FolderEntry[]>} what is in a folder, sorted by name */
export const list = (path) => invoke("fs.list", { path });

/** @param {string} path @returns {Promise<boolean>} whether there is something with this path */
export const exists = (path) => invoke("fs.exists", { path });
