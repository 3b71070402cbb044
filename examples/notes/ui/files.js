// Markdown in and out: the dialog grants a folder or a file, the fs scope lets exactly that through.
import { open, save } from "@millennium/api/dialog";
import { list, readText, writeText } from "@millennium/api/fs";
import { invoke } from "@millennium/api";

const MARKDOWN = { name: "Markdown", extensions: ["md", "markdown", "txt"] };
const MAX_DEPTH = 8;

/** @param {string} folder @param {number} depth @returns {Promise<string[]>} */
async function markdownFiles(folder, depth = 0) {
  const found = [];
  for (const entry of await list(folder)) {
    if (entry.isDirectory && depth < MAX_DEPTH) found.push(...(await markdownFiles(entry.path, depth + 1)));
    else if (/\.(md|markdown|txt)$/i.test(entry.name)) found.push(entry.path);
  }
  return found;
}

/**
 * Ask for a folder and add every Markdown file below it.
 * @param {(done: number, total: number) => void} onProgress
 * @param {AbortSignal} signal
 * @returns {Promise<number | null>} how many notes came in; null when no folder was chosen
 */
export async function importFolder(onProgress, signal) {
  const [folder] = (await open({ title: "Import a folder of Markdown", directory: true })) ?? [];
  if (!folder) return null;
  const files = await markdownFiles(folder);
  let done = 0;
  for (const file of files) {
    if (signal.aborted) break;
    await invoke("add_note", { body: await readText(file) });
    onProgress(++done, files.length);
  }
  return done;
}

/**
 * Ask where to, and write one note there.
 * @param {string} title @param {string} body
 * @returns {Promise<boolean>} whether a file was written
 */
export async function exportNote(title, body) {
  const name = (title || "Note").replace(/[\\/:*?"<>|]/g, " ").trim().slice(0, 80) || "Note";
  const path = await save({ title: "Export as Markdown", defaultPath: `${name}.md`, filters: [MARKDOWN] });
  if (!path) return false;
  await writeText(path, body);
  return true;
}
