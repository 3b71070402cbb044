// The page's side. Runs at document start in the page's world, before any script of the page, and
// keeps pristine copies of what it uses, because the page may later replace every built-in.
//
// Rules of this file, after boot: no arr.push, no spread, no destructuring of arrays, no for-of, no
// await; option objects have `__proto__: null`; messages are built by concatenation; no secret is
// here. Handles, tokens and the native handler are in the private world; the line between the
// worlds is an EventTarget that nobody else holds a reference to.
//
// $NAMES are filled in by millennium.scripts.render, which also strips comments and indentation.
(() => {
  'use strict';
  // document.open() injects again, into a page that may be tampered with
  if (window.__MILLENNIUM_INTERNALS__) return;
  const { parse, stringify } = JSON;
  const { freeze, defineProperty, getPrototypeOf, getOwnPropertyDescriptor } = Object;
  const P = Promise, Message = CustomEvent, microtask = queueMicrotask, request = fetch.bind(window);
  const free = (f) => Function.prototype.call.bind(f);
  const getter = (c, key) => free(getOwnPropertyDescriptor(c.prototype, key).get);
  const { prototype: target } = EventTarget;
  const on = free(target.addEventListener), off = free(target.removeEventListener);
  const dispatch = free(target.dispatchEvent), then = free(P.prototype.then);
  const detailOf = getter(CustomEvent, 'detail'), isAborted = getter(AbortSignal, 'aborted');
  const isView = ArrayBuffer.isView, bufferSize = getter(ArrayBuffer, 'byteLength');
  const arraySize = getter(getPrototypeOf(Uint8Array), 'byteLength'), viewSize = getter(DataView, 'byteLength');
  const isOk = getter(Response, 'ok'), headersOf = getter(Response, 'headers');
  const header = free(Headers.prototype.get), textOf = free(Response.prototype.text);
  const bufferOf = free(Response.prototype.arrayBuffer);
  const encoder = new TextEncoder(), encode = TextEncoder.prototype.encode.bind(encoder);
  // own methods: prototypes no longer matter
  const own = (o, ...keys) => { for (const k of keys) defineProperty(o, k, { value: o[k] }); return o; };
  const map = () => own(new Map(), 'get', 'set', 'delete');
  const waiting = map(), channels = map(), topics = map();

  class MillenniumError extends Error {
    code;
    constructor(code, message) { super(message); this.code = code; }
  }
  freeze(MillenniumError); freeze(MillenniumError.prototype);
  const failure = (code, message) => new MillenniumError(code, message);

  const line = new EventTarget();
  const offer = () => dispatch(document, new MouseEvent($HELLO + 'a', { __proto__: null, relatedTarget: line }));
  // whichever script runs second completes the handshake
  on(document, $HELLO + 'b', offer);
  on(line, 'taken', () => off(document, $HELLO + 'b', offer));

  let queue = '', last = 0;
  const flush = () => {
    const detail = queue;
    queue = '';
    dispatch(line, new Message('calls', { __proto__: null, detail }));
  };
  const enqueue = (id, name, args) => {
    if (queue === '') microtask(flush);
    queue += id + '\n' + name + '\n' + args + '\n';
  };

  // one shot: gone before it is called
  const settle = (id, key, value) => {
    const entry = waiting.get(id);
    if (!entry) return;
    waiting.delete(id);
    if (entry.stop) entry.stop();
    entry[key](value);
  };
  const reject = (id, code, message) => settle(id, 'fail', failure(code, message));
  const run = (f, value) => { try { f(value); } catch (e) { microtask(() => { throw e; }); } };

  // flat array of kind, key, value; see millennium.ipc.wire
  on(line, 'news', (event) => {
    const news = parse(detailOf(event));
    for (let i = 0; i < news.length; i += 3) {
      const kind = news[i], key = news[i + 1], value = news[i + 2];
      if (kind === 0) settle(key, 'done', value);
      else if (kind === 1) reject(key, value.code, value.message);
      else if (kind === 2) { const c = channels.get(key); if (c) run(c.item, value); }
      else if (kind === 3) for (let f = topics.get(key); f; f = f.next) { if (f.fn) run(f.fn, value); }
      else if (kind === 4) move(key, value);
      else { const c = channels.get(key); channels.delete(key); if (c && c.end) run(c.end); }
    }
  });

  // bytes up, or a result too large for a message down
  const move = (id, ticket) => {
    const entry = waiting.get(id);
    if (!entry) return;
    const body = entry.body, broken = () => reject(id, 'ipc.failed', 'the transfer failed');
    entry.body = undefined;
    const headers = { __proto__: null, 'x-millennium-ticket': ticket, 'content-type': 'application/octet-stream' };
    then(request($URL, { __proto__: null, method: body ? 'POST' : 'GET', body, headers }), (r) => {
      if (isOk(r) && body) return;
      if (isOk(r) && header(headersOf(r), 'content-type') === 'application/octet-stream') then(bufferOf(r), (b) => settle(id, 'done', b), broken);
      else then(textOf(r), (s) => { const v = parse(s); if (isOk(r)) settle(id, 'done', v); else reject(id, v.code, v.message); }, broken);
    }, broken);
  };

  // a brand check: no Blob passes, whatever instanceof says; -1 is not bytes
  const sizeOf = (v) => {
    if (v === null || typeof v !== 'object') return -1;
    if (!isView(v)) try { return bufferSize(v); } catch { return -1; }
    try { return viewSize(v); } catch { return arraySize(v); }
  };
  const toJson = (v) => { try { const s = stringify(v); return s && s[0] === '{' ? s : ''; } catch { return ''; } };

  const invoke = (name, args, options) => new P((done, fail) => {
    const o = options || { __proto__: null }, signal = o.signal;
    // an empty name would be a verb; a name that JSON escapes could hold a line break
    if (typeof name !== 'string' || !name || stringify(name) !== '"' + name + '"') return fail(failure('ipc.not_allowed', 'this page may not do that'));
    let size = sizeOf(args), body, isJson = false;
    if (size >= 0) { body = args; args = o.args; }
    let json = args === undefined ? '{}' : toJson(args);
    if (!json) return fail(failure('command.bad_args', 'the arguments are no JSON object'));
    if (size > $MAX_BODY || json.length > (body ? $INLINE_JSON : $MAX_JSON)) return fail(failure('ipc.too_large', 'the arguments are over the limit'));
    if (json.length > $INLINE_JSON) { body = encode(json); size = arraySize(body); json = '{}'; isJson = true; }
    if (body || o.headers) json = '[' + (toJson(o.headers) || '{}') + ',' + json + ',' + size + ',' + isJson + ']';
    if (signal && isAborted(signal)) return fail(failure('command.aborted', 'the call was aborted'));
    const id = ++last, entry = { __proto__: null, done, fail, body, stop: null };
    waiting.set(id, entry);
    enqueue(id, name, json);
    if (signal) {
      const abort = () => { enqueue(id, '', '["cancel"]'); reject(id, 'command.aborted', 'the call was aborted'); };
      on(signal, 'abort', abort);
      entry.stop = () => off(signal, 'abort', abort);
    }
  });

  const listen = (topic, fn) => {
    let first = topics.get(topic);
    // the first of a list is never removed
    if (!first) topics.set(topic, first = { __proto__: null, fn: null, next: null });
    const item = { __proto__: null, fn, next: null };
    let end = first;
    while (end.next) end = end.next;
    end.next = item;
    return freeze(() => {
      item.fn = null;
      for (let f = first; f.next; f = f.next) if (f.next === item) { f.next = item.next; break; }
    });
  };

  const channel = (item, end) => {
    const id = ++last;
    channels.set(id, { __proto__: null, item, end });
    const close = () => { if (channels.delete(id)) enqueue(id, '', '["close"]'); };
    return freeze({ __proto__: null, toJSON: freeze(() => 'channel:' + id), close: freeze(close) });
  };

  const api = { __proto__: null, invoke: freeze(invoke), listen: freeze(listen), channel: freeze(channel), label: $LABEL, MillenniumError };
  defineProperty(window, '__MILLENNIUM_INTERNALS__', { __proto__: null, value: freeze(api) });
  offer();
})();
