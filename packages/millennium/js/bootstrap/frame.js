// The isolation frame: every call of the page passes through it, the app's hook sees it, and only
// what it encrypts is admitted. Runs first in a sandboxed document of an opaque origin, which is
// served once, with a key of its own.
//
// A message is "id\nname\nargs\n" repeated, as in world.js. The answer is the same with an envelope
// for args; name '"' is a call that was blocked, with its error. Verbs (no name) pass.
//
// Whoever is in the document around it can ask: the private world, and the page. So nothing that is
// asked is trusted; what the hook did not see is not encrypted.
//
// $NAMES are filled in by millennium.scripts.render.
(() => {
  'use strict';
  document.currentScript.remove();
  // Included: envelope
  const { parse, stringify } = JSON, { isSafeInteger } = Number, subtle = crypto.subtle, home = parent,
    encode = TextEncoder.prototype.encode.bind(new TextEncoder()),
    seal = subtle.encrypt.bind(subtle),
    post = home.postMessage.bind(home),
    importing = subtle.importKey('raw', octets($KEY), 'AES-GCM', false, ['encrypt']);
  let counter = 0, tail = importing;

  const envelope = async (key, id, name, args) => {
    const count = counter++, iv = nonce(count), text = '[' + stringify(name) + ',' + args + ']',
      additionalData = encode($PLACE + id);
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

  // whatever was thrown: its own code may throw, too
  const textOf = (why) => { try { return String((why && why.message) || why || 'blocked'); } catch { return 'blocked'; } };
  const blocked = (id, why) => ({ plain: id + '\n"\n' + stringify({ code: 'isolation.blocked', message: textOf(why) }) + '\n' });
  const passed = (id, long, call) => {
    const { command, args, headers } = call || {};
    // a name that JSON escapes could hold a line break
    if (typeof command !== 'string' || !command || stringify(command) !== '"' + command + '"') return blocked(id, 'the isolation hook returned no call');
    let text = stringify(args === undefined ? {} : args);
    if (!text || text[0] !== '{') return blocked(id, 'the isolation hook returned no arguments');
    // never JSON: that would come beside the frame, and take the place of what the hook saw
    if (long) text = '[' + (stringify(headers) || '{}') + ',' + text + ',' + long[2] + ',false]';
    return { id, name: command, args: text };
  };
  const judge = (id, name, args) => {
    if (!name) return { plain: id + '\n\n' + args + '\n' };
    const hook = window.__MILLENNIUM_ISOLATION_HOOK__;
    // one that could not be read lets nothing through
    if (typeof hook !== 'function') return blocked(id, 'the isolation hook is missing');
    try {
      const value = parse(args), long = args[0] === '[' ? value : null;
      if (long && !isSafeInteger(long[2])) return blocked(id, 'a call of no size');
      const call = long ? { command: name, args: long[1], headers: long[0], size: long[2] } : { command: name, args: value };
      const verdict = hook(call);
      if (!verdict || typeof verdict.then !== 'function') return passed(id, long, verdict);
      Promise.resolve(verdict).then((v) => passed(id, long, v)).catch((e) => blocked(id, e)).then((entry) => leave([entry]));
    } catch (e) {
      return blocked(id, e);
    }
  };
  const hear = (event) => {
    if (event.source !== home || typeof event.data !== 'string') return;
    const part = event.data.split('\n'), now = [];
    for (let i = 0; i + 2 < part.length; i += 3) {
      const entry = judge(part[i], part[i + 1], part[i + 2]);
      if (entry) now.push(entry);
    }
    if (now.length) leave(now);
  };
  // the page can ask while the document is read: nobody is heard before the hook is there
  addEventListener('load', () => {
    addEventListener('message', hear);
    importing.then(() => post('ready', $HOME));
  });
})();
