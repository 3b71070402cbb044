/*! @millennium/api */
// Calls, channels and events: everything else in @millennium/api is made of these.

/**
 * @typedef {object} InvokeOptions
 * @property {AbortSignal} [signal] aborting it cancels the command
 * @property {Record<string, string>} [headers] for commands that take a `Request`
 * @property {object} [args] arguments beside the bytes, when the arguments are bytes
 */

/**
 * @typedef {object} Event
 * @property {string} name what happened
 * @property {any} payload
 * @property {string} source label of the window whose page sent it, "" when Python did
 * @property {string} origin of that page, "" when Python sent it
 */

/** @typedef {ArrayBuffer | ArrayBufferView | Blob | ReadableStream} Bytes */
/** @typedef {{ toJSON(): string, close(): void }} Line */

/**
 * What the bootstrap publishes; use the functions of this package instead.
 * @typedef {object} Internals
 * @property {(name: string, args?: object, options?: InvokeOptions) => Promise<any>} invoke
 * @property {(topic: string, fn: (content: any) => void) => () => void} listen
 * @property {(item: (value: any) => void, end?: () => void) => Line} channel
 * @property {string} label
 * @property {typeof MillenniumError} MillenniumError
 */

/** @returns {Internals} */
const internals = () => {
  const found = /** @type {any} */ (globalThis).__MILLENNIUM_INTERNALS__;
  if (!found) throw new Error("@millennium/api works only in a page that Millennium shows");
  return found;
};

class Failure extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * Why a call came to nothing: a stable `code` ("ipc.not_allowed", "command.bad_args", or what the
 * command's own `CommandError` said) and a `message`.
 * @type {typeof Failure}
 */
export const MillenniumError =
  /** @type {any} */ (globalThis).__MILLENNIUM_INTERNALS__?.MillenniumError ?? Failure;

/** @returns {string} the label of the window this page lives in */
export const currentLabel = () => internals().label;

/**
 * Call a command.
 *
 * `args` is one object whose keys are the command's parameters. A command's `bytes` parameter takes
 * an ArrayBuffer, a typed array, a Blob or a stream, as the value of its key or in the place of
 * `args`; it travels raw. A result of bytes is an ArrayBuffer.
 * @template [T=any]
 * @param {string} name "greet", "fs.read_text" or "plugin:command"
 * @param {object} [args]
 * @param {InvokeOptions} [options]
 * @returns {Promise<T>} rejects with a {@link MillenniumError}
 */
export const invoke = (name, args, options) => {
  if (isBytes(args)) return send(name, args, options);
  const record = /** @type {Record<string, any>} */ (args);
  for (const key in record) {
    const value = record[key];
    if (isBytes(value)) return send(name, value, { ...options, args: { ...record, [key]: null } });
  }
  return internals().invoke(name, args, options);
};

/**
 * A stream from a command to this page. Pass it as an argument; items arrive in order, and all of
 * them before the call's promise settles.
 * @template [T=any]
 */
export class Channel {
  #line;

  /** @param {(item: T) => void} [onmessage] */
  constructor(onmessage = () => {}) {
    /** Called with each item. */
    this.onmessage = onmessage;
    /** Called when Python sends no more. */
    this.onclose = () => {};
    this.#line = internals().channel(
      (item) => this.onmessage(item),
      () => this.onclose(),
    );
  }

  /** @returns {string} how it travels */
  toJSON() {
    return this.#line.toJSON();
  }

  /** Take no more items; the sender learns it. */
  close() {
    this.#line.close();
  }
}

/**
 * Be told each event of this name that reaches this window.
 * @param {string} name
 * @param {(event: Event) => void} handler
 * @returns {() => void} call it to stop
 */
export const listen = (name, handler) =>
  internals().listen(name, ({ payload, source, origin = "" }) =>
    handler({ name, payload, source, origin }),
  );

/**
 * Be told the next event of this name, and no other.
 * @param {string} name
 * @param {(event: Event) => void} handler
 * @returns {() => void} call it to stop waiting
 */
export const once = (name, handler) => {
  const stop = listen(name, (event) => {
    stop();
    handler(event);
  });
  return stop;
};

/**
 * The address under which this page can show a file outside the app: for `src` of a picture, a
 * video or a sound, or for `fetch`. The file must be in the scope that `allowlist.protocol` names.
 * @param {string} path absolute, or beginning with a variable such as `$PICTURE`
 * @returns {string}
 */
export const convertFileSrc = (path) => {
  const { protocol, hostname } = location;
  const isServed = protocol.startsWith("http") && hostname !== "millennium.localhost";
  return `${isServed ? "millennium://localhost" : ""}/__millennium/asset/${encodeURIComponent(path)}`;
};

/** @param {any} value @returns {value is Bytes} */
const isBytes = (value) =>
  value !== null &&
  typeof value === "object" &&
  (value instanceof ArrayBuffer ||
    ArrayBuffer.isView(value) ||
    value instanceof Blob ||
    value instanceof ReadableStream);

/**
 * @param {string} name
 * @param {Bytes} body
 * @param {InvokeOptions} [options]
 * @returns {Promise<any>}
 */
const send = async (name, body, options) => {
  const isLazy = body instanceof Blob || body instanceof ReadableStream;
  const bytes = isLazy ? await new Response(body).arrayBuffer() : body;
  return internals().invoke(name, bytes, options);
};
