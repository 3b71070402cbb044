// Both worlds of one document in Node, with the host in the test's hand.
import { readFileSync } from "node:fs";

export const golden = JSON.parse(
  readFileSync(new URL("../../../../tests/contract/wire.json", import.meta.url), "utf8"),
);
export const from = golden.from_page;
export const to = Object.fromEntries(
  Object.entries(golden.to_page).map(([name, message]) => [name, message.text]),
);

const NAMES = { HELLO: "meet", SINK: "sink", HANDLER: "handler" };
const VALUES = {
  ...golden.limits,
  ...NAMES,
  LABEL: "main",
  URL: "millennium://localhost/__millennium/ipc/",
};
// where Python put the scripts as they are injected; else the readable sources are used
const rendered = process.env.MILLENNIUM_BOOTSTRAP;

/** The readable source of a script, with values in the place of its names. */
export const read = (name, values) => {
  const file = (path) => readFileSync(new URL(`../bootstrap/${path}.js`, import.meta.url), "utf8");
  return file(name)
    .replace(/^ *\/\/ Included: (.*)$/gm, (_, other) => file(other))
    .replace(/\$([A-Z][A-Z_]*)/g, (_, key) => JSON.stringify(values[key]));
};

const script = (name, values) => {
  if (rendered && !Object.keys(values).length) return readFileSync(`${rendered}/${name}.js`, "utf8");
  return read(name, { ...VALUES, ...values });
};

class MouseEvent extends Event {
  constructor(type, init) {
    super(type);
    this.relatedTarget = init.relatedTarget;
  }
}

// Node 18 has none of its own
class CustomEvent extends Event {
  #detail;

  constructor(type, init) {
    super(type);
    this.#detail = init.detail;
  }

  get detail() {
    return this.#detail;
  }
}

export const tick = () => new Promise((done) => setImmediate(done));

/**
 * Load a document.
 * @param {object} options values: other limits; worldFirst: which script runs first; fetch: the
 *   page's; state: of the document
 */
export const load = ({ values = {}, worldFirst = true, fetch = () => {}, state = "complete" } = {}) => {
  const posted = [];
  const postMessage = (text) =>
    new Promise((answer, refuse) => posted.push({ text, answer, refuse: (code) => refuse(new Error(code)) }));
  const document = Object.assign(new EventTarget(), { readyState: state });
  const window = Object.assign(new EventTarget(), { fetch });
  const privateGlobal = new EventTarget();
  const run = (name, globals) => new Function(...Object.keys(globals), script(name, values))(...Object.values(globals));
  const world = () =>
    run("world", {
      document,
      CustomEvent,
      globalThis: privateGlobal,
      webkit: { messageHandlers: { handler: { postMessage } } },
      performance: { now: () => 12.5 },
      addEventListener: (...args) => privateGlobal.addEventListener(...args),
    });
  const page = () => run("page", { window, document, MouseEvent, CustomEvent, fetch });
  for (const start of worldFirst ? [world, page] : [page, world]) start();
  return {
    posted,
    window,
    document,
    privateGlobal,
    run: { world, page },
    sink: (number, text) => privateGlobal.sink(number, text),
    api: window.__MILLENNIUM_INTERNALS__,
    texts: () => posted.slice(1).map((message) => message.text),
    /** Answer the hello. */
    greet: async (first = to.first, number = 7) => {
      posted[0].answer(`${number}\n${first}`);
      await tick();
    },
  };
};

/** The first message of a host that grants one command. */
export const first = ({ tokens = 100, head = {}, handles = { greet: ["hGreet"] } } = {}) => {
  const pad = Array.from({ length: tokens }, (_, at) => `${at} ${"T".repeat(22)}`);
  return `0\n${JSON.stringify({ pad, handles, ...head })}\n`;
};

/** What follows the token in a message. */
export const body = (text) => text.slice(text.indexOf("["));

/** Ids of the calls in a batch. */
export const ids = (text) => JSON.parse(body(text)).map((item) => item[0]);

/** How a promise ended: its value, or the code of its error. */
export const outcome = (promise) => promise.then((value) => value, (error) => error.code);
