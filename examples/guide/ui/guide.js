// Runs what the pages show, once, and shows what came of it.
import { invoke } from "@millennium/api";
import * as calls from "./calls.js";
import * as data from "./data.js";
import * as events from "./events.js";
import * as failures from "./failures.js";
import * as files from "./files.js";
import * as progress from "./progress.js";
import * as weather from "./weather.js";

const bar = document.createElement("progress");
const canvas = document.createElement("canvas");

const shown = {
  words: calls.words,
  impatient: calls.impatient,
  time: calls.time,
  search: calls.search,
  convert: () => progress.convert(bar),
  bar: () => bar.value,
  firstThree: progress.firstThree,
  renamed: events.renamed,
  whispered: events.whispered,
  tell: events.tell,
  fingerprint: () => data.fingerprint(),
  draw: () => data.draw(canvas),
  upload: () => data.upload(),
  rich: () => failures.withdraw(30),
  poor: () => failures.withdraw(300),
  divide: failures.divide,
  wrong: failures.wrong,
  counted: () => invoke("count", { amount: 2 }),
  letters: () => invoke("font_size"),
  draft: files.draft,
  forbidden: files.forbidden,
  headings: () => invoke("headings"),
  marked: () => invoke("marked", { text: "headings: [\"Guide\"]" }),
  pageFails: () => invoke("page_fails"),
  forecast: weather.forecast,
};

export const results = (async () => {
  const found = {};
  for (const [name, run] of Object.entries(shown)) {
    try {
      found[name] = (await run()) ?? null;
    } catch (error) {
      found[name] = `${error.name} ${error.code}: ${error.message}`;
    }
    const line = document.createElement("li");
    line.textContent = `${name}: ${JSON.stringify(found[name])}`;
    document.getElementById("results").append(line);
  }
  return found;
})();
