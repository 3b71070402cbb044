// The page's side. Runs at document start in the page's world, before any script of the page, and
// keeps pristine copies of what it uses, because the page may later replace every built-in.
//
// Rules of this file, after boot: no arr.push, no spread, no destructuring of arrays, no for-of, no
// await; option objects have `__proto__: null`, others all the keys that are read; messages are
// built by concatenation; no secret is here. Handles, tokens and the native handler are in the private world; the line between the
// worlds is an EventTarget that nobody else holds a reference to.
//
// $NAMES are filled in by millennium.scripts.render, which also strips comments and indentation.
// Shortened: channels failure waiting settle enqueue topics reject arraySize encoder aborted broken
// Shortened: isAborted bufferSize viewSize headersOf textOf bufferOf toJson isJson sizeOf octets
// Shortened: getter offer isView encode heard
// Shortened: entry free json target queue first kind news size options topic abort key
// Shortened: open answer forget sibling names define jsonOf remove protoOf fix plain flush ticket
// Shortened: header isOk move hush soon data ask Failure failed cut words
(() => {
  'use strict';
  // document.open() injects again, into a page that may be tampered with
  if (window.__MILLENNIUM_INTERNALS__) return;
  const { parse, stringify: jsonOf } = JSON, { deleteProperty: remove } = Reflect,
    { freeze: fix, defineProperty: define, getPrototypeOf: protoOf, prototype: plain } = Object, P = Promise,
    Message = CustomEvent, soon = queueMicrotask, request = fetch.bind(window),
    free = (f) => Function.prototype.call.bind(f),
    getter = (c, key) => free(Object.getOwnPropertyDescriptor(c.prototype, key).get),
    target = EventTarget.prototype,
    on = free(target.addEventListener),
    off = free(target.removeEventListener),
    dispatch = free(target.dispatchEvent),
    then = free(P.prototype.then),
    detailOf = getter(CustomEvent, 'detail'),
    isAborted = getter(AbortSignal, 'aborted'),
    isView = ArrayBuffer.isView,
    bufferSize = getter(ArrayBuffer, 'byteLength'),
    viewSize = getter(DataView, 'byteLength'),
    arraySize = getter({ prototype: protoOf(Uint8Array.prototype) }, 'byteLength'),
    isOk = getter(Response, 'ok'),
    headersOf = getter(Response, 'headers'),
    header = free(Headers.prototype.get),
    textOf = free(Response.prototype.text),
    bufferOf = free(Response.prototype.arrayBuffer),
    words = String,
    cut = free(words.prototype.slice),
    encoder = new TextEncoder(),
    encode = encoder.encode.bind(encoder),
    // own methods: prototypes no longer matter
    own = (o, key) => define(o, key, { value: o[key] }),
    map = () => own(own(own(new Map(), 'get'), 'set'), 'delete'),
    waiting = map(),
    channels = map(),
    topics = map();

  const Failure = class MillenniumError extends Error {
    code;
    constructor(code, message) { super(message); this.code = code; }
  },
    failure = (code, message) => new Failure(code, message),
    aborted = () => failure('command.aborted', 'the call was aborted'),
    line = new EventTarget(),
    hello = $HELLO,
    offer = () => dispatch(document, new MouseEvent(hello + 'a', { relatedTarget: line }));
  fix(Failure); fix(Failure.prototype);
  // whichever script runs second completes the handshake; both run before any script of the page
  on(document, hello + 'b', offer);
  on(line, 'taken', () => off(document, hello + 'b', offer));

  let queue = '', last = 0, heard = 0;
  const flush = () => {
    const detail = queue;
    queue = '';
    dispatch(line, new Message('calls', { __proto__: null, detail }));
  },
  enqueue = (id, name, args) => {
    if (queue === '') soon(flush);
    queue += id + '\n' + name + '\n' + args + '\n';
  };

  // one shot: gone before it is called
  const settle = (id, key, value) => {
    const entry = waiting.get(id);
    if (!entry) return;
    waiting.delete(id);
    if (entry.stop) entry.stop();
    entry[key](value);
  },
  reject = (id, code, message) => settle(id, 'fail', failure(code, message)),
  run = (f, value) => { try { f(value); } catch (e) { soon(() => { throw e; }); } };

  // flat array of kind, key, value; see millennium.ipc.wire
  on(line, 'news', (event) => {
    const news = parse(detailOf(event));
    for (let i = 0; i < news.length; i += 3) {
      const kind = news[i], key = news[i + 1], value = news[i + 2];
      if (kind === 0) settle(key, 'done', value);
      else if (kind === 1) reject(key, value.code, value.message);
      else if (kind === 2) { const c = channels.get(key); if (c && c.item) run(c.item, value); else hush(key); }
      else if (kind === 3) for (let f = topics.get(key); f; f = f.next) { if (f.fn) run(f.fn, value); }
      else if (kind === 4) move(key, value);
      else if (kind === 6) ask(key, value);
      else if (kind === 7) dispatch(line, new Message('open', { __proto__: null, detail: key + '\n' + value }));
      else { const c = channels.get(key); channels.delete(key); if (c && c.end) run(c.end); }
    }
  });

  // bytes up, or a result too large for a message down
  const move = (id, ticket) => {
    const entry = waiting.get(id);
    if (!entry) return;
    const body = entry.body, broken = () => reject(id, 'ipc.failed', 'the transfer failed');
    entry.body = null;
    const headers = { __proto__: null, 'x-millennium-ticket': ticket };
    then(request($URL, { __proto__: null, method: body ? 'POST' : 'GET', body, headers }), (r) => {
      const ok = isOk(r);
      if (ok && body) return;
      const octets = header(headersOf(r), 'content-type') === 'application/octet-stream';
      then(then(octets ? bufferOf(r) : textOf(r), (data) => {
        const v = octets ? data : parse(data);
        if (ok) settle(id, 'done', v); else reject(id, v.code, v.message);
      }), null, broken);
    }, broken);
  },

  // a brand check: no Blob passes, whatever instanceof says; -1 is not bytes; it throws, which is
  // slow, so what most arguments are is let through first, and be it a Blob, it is no bytes either
  sizeOf = (v) => {
    if (v === null || typeof v !== 'object' || protoOf(v) === plain) return -1;
    if (!isView(v)) try { return bufferSize(v); } catch { return -1; }
    try { return viewSize(v); } catch { return arraySize(v); }
  },
  toJson = (v) => { try { const s = jsonOf(v); return s && s[0] === '{' ? s : ''; } catch { return ''; } },

  invoke = (name, args, options) => new P((done, fail) => {
    const o = options || { __proto__: null }, signal = o.signal;
    // an empty name would be a verb; a name that JSON escapes could hold a line break
    if (typeof name !== 'string' || !name || jsonOf(name) !== '"' + name + '"') return fail(failure('ipc.not_allowed', 'this page may not do that'));
    let size = sizeOf(args), body, isJson = false;
    if (size >= 0) { body = args; args = o.args; }
    let json = args === undefined ? '{}' : toJson(args);
    if (!json) return fail(failure('command.bad_args', 'arguments must be a JSON object'));
    if (size > $MAX_BODY || json.length > (body ? $INLINE_JSON : $MAX_JSON)) return fail(failure('ipc.too_large', 'arguments over the limit'));
    if (json.length > $INLINE_JSON) { body = encode(json); size = arraySize(body); json = '{}'; isJson = true; }
    if (body || o.headers) json = '[' + (toJson(o.headers) || '{}') + ',' + json + ',' + size + ',' + isJson + ']';
    if (signal && isAborted(signal)) return fail(aborted());
    const id = ++last, entry = { done, fail, body, stop: null };
    waiting.set(id, entry);
    enqueue(id, name, json);
    if (signal) {
      const abort = () => { enqueue(id, '', '["cancel"]'); settle(id, 'fail', aborted()); };
      on(signal, 'abort', abort);
      entry.stop = () => off(signal, 'abort', abort);
    }
  }),

  listen = (topic, fn) => {
    if (heard >= $MAX_LISTENERS) throw failure('event.too_many', 'too many listeners');
    heard++;
    let first = topics.get(topic);
    // the first of a list is never removed
    if (!first) topics.set(topic, first = { fn: null, next: null });
    const item = { fn, next: null };
    let end = first;
    while (end.next) end = end.next;
    end.next = item;
    return () => {
      item.fn = null;
      for (let f = first; f.next; f = f.next) if (f.next === item) { f.next = item.next; heard--; break; }
    };
  },

  // each passing to a call has a number of its own, so the end of one call does not end the next
  channel = (item, end) => {
    const c = { __proto__: null, item, end }, toJSON = () => {
      channels.set(++last, c);
      return 'channel:' + (c.id = last);
    };
    return fix({ __proto__: null, toJSON, close: () => { c.item = null; hush(c.id); } });
  },
  hush = (id) => { if (channels.delete(id)) enqueue(id, '', '["close"]'); },

  // two siblings for one question: whichever is called takes both away, then the first asks, or the
  // second says why that could not be done; without an id, nobody waits any more
  ask = (id, names) => {
    let open = id;
    const forget = () => { remove(window, names[0]); remove(window, names[1]); },
      answer = (ok, json) => enqueue(id, '', '["answer",' + ok + ',' + jsonOf(json) + ']'),
      // what was thrown may have no text; half a character would spoil the message
      failed = (e) => { try { e = words(e); } catch { e = 'Error: what was thrown has no text'; } answer(false, jsonOf(cut(e, 0, 1e3))); },
      sibling = (at, f) => define(window, names[at], { __proto__: null, configurable: true, value: (a, b) => {
        if (open) { open = 0; forget(); f(a, b); }
      } });
    if (!id) return forget();
    sibling(0, (f, args) => then(then(new P((done) => done(f()(parse(args)))), (v) => {
      const json = jsonOf(v) || 'null';
      if (json.length > $MAX_JSON) throw 'RangeError: the answer is over the limit';
      answer(true, json);
    }), null, failed));
    sibling(1, failed);
    enqueue(id, '', '["ready"]');
  },

  api = { __proto__: null, invoke: fix(invoke), listen: fix(listen), channel: fix(channel), label: $LABEL, MillenniumError: Failure };
  define(window, '__MILLENNIUM_INTERNALS__', { value: fix(api) });
  offer();
})();
