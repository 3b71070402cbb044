// The isolation frame: every call of the page passes through it, the app's hook sees it, and only
// what it encrypts is admitted. Runs first in a sandboxed document of an opaque origin, which is
// served once, with a key of its own.
//
// A message is "id\nname\nargs\n" repeated, as in world.js. The answer is the same with an envelope
// for args; name "!" is a call that the hook blocked, with its error. Verbs (no name) pass.
//
// $NAMES are filled in by millennium.scripts.render.
(() => {
  'use strict';
  document.currentScript.remove();
  const { parse, stringify } = JSON, subtle = crypto.subtle, home = parent,
    encode = TextEncoder.prototype.encode.bind(new TextEncoder()),
    seal = subtle.encrypt.bind(subtle),
    post = home.postMessage.bind(home),
    octets = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)),
    importing = subtle.importKey('raw', octets($KEY), 'AES-GCM', false, ['encrypt']);
  let counter = 0, tail = importing;

  const base64 = (data) => {
    let text = '';
    for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode.apply(null, data.subarray(at, at + 32768));
    return btoa(text);
  };
  const envelope = async (key, id, name, args) => {
    const count = counter++, iv = new Uint8Array(12), view = new DataView(iv.buffer);
    view.setUint32(4, Math.floor(count / 4294967296));
    view.setUint32(8, count % 4294967296);
    const text = '[' + stringify(name) + ',' + args + ']', additionalData = encode($PLACE + id);
    const sealed = await seal({ name: 'AES-GCM', iv, additionalData }, key, encode(text));
    return id + '\n' + name + '\n"' + count + '.' + base64(new Uint8Array(sealed)) + '"\n';
  };
  // counters leave in rising order, so messages wait for each other here, and only here
  const leave = (entries) => {
    tail = tail.then(async (key) => {
      const texts = await Promise.all(entries.map((e) => e.plain || envelope(key, e.id, e.name, e.args)));
      post(texts.join(''), $HOME);
      return key;
    });
  };

  const blocked = (id, why) => {
    const message = String((why && why.message) || why || 'the call was blocked');
    return { plain: id + '\n!\n' + stringify({ code: 'isolation.blocked', message }) + '\n' };
  };
  const passed = (id, long, call) => {
    const { command, args, headers } = call || {};
    // a name that JSON escapes could hold a line break
    if (typeof command !== 'string' || !command || stringify(command) !== '"' + command + '"') return blocked(id, 'the isolation hook returned no call');
    let text = stringify(args === undefined ? {} : args);
    if (!text || text[0] !== '{') return blocked(id, 'the isolation hook returned no arguments');
    if (long) text = '[' + (stringify(headers) || '{}') + ',' + text + ',' + long[2] + ',' + long[3] + ']';
    return { id, name: command, args: text };
  };
  const judge = (id, name, args) => {
    if (!name) return { plain: id + '\n\n' + args + '\n' };
    const hook = window.__MILLENNIUM_ISOLATION_HOOK__;
    if (!hook) return { id, name, args };
    try {
      const value = parse(args), long = args[0] === '[' ? value : null;
      const call = long ? { command: name, args: long[1], headers: long[0], size: long[2] } : { command: name, args: value };
      const verdict = hook(call);
      if (!verdict || typeof verdict.then !== 'function') return passed(id, long, verdict);
      Promise.resolve(verdict).then((v) => leave([passed(id, long, v)]), (e) => leave([blocked(id, e)]));
    } catch (e) {
      return blocked(id, e);
    }
  };
  addEventListener('message', (event) => {
    if (event.source !== home || typeof event.data !== 'string') return;
    const part = event.data.split('\n'), now = [];
    for (let i = 0; i + 2 < part.length; i += 3) {
      const entry = judge(part[i], part[i + 1], part[i + 2]);
      if (entry) now.push(entry);
    }
    if (now.length) leave(now);
  });
  importing.then(() => addEventListener('load', () => post('ready', $HOME)));
})();
