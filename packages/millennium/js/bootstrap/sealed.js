// The private world's side of sealed commands; injected before world.js, which finds it under a
// name that only the two know. Calls and answers are AES-256-GCM, with keys derived from the
// document's secret and the message's token; see millennium.security.envelope.
//
// $NAMES are filled in by millennium.scripts.render.
(() => {
  'use strict';
  const global = $SINK + 's';
  if (globalThis[global]) return;
  const subtle = crypto.subtle, encoder = new TextEncoder(), decoder = new TextDecoder(),
    encode = (text) => encoder.encode(text),
    octets = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const base64 = (data) => {
    let text = '';
    for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode.apply(null, data.subarray(at, at + 32768));
    return btoa(text);
  };
  const derive = (secret, token, direction, use) => subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: encode(token), info: encode('millennium ' + direction) },
    secret, { name: 'AES-GCM', length: 256 }, false, [use]);
  const about = (doc, count, subject) => {
    const iv = new Uint8Array(12), view = new DataView(iv.buffer);
    view.setUint32(4, Math.floor(count / 4294967296));
    view.setUint32(8, count % 4294967296);
    return { name: 'AES-GCM', iv, additionalData: encode($VERSION + '\n' + $LABEL + '\n' + doc + '\n' + subject) };
  };
  const lock = (doc, text, names, tell, refuse) => {
    const importing = subtle.importKey('raw', octets(text), 'HKDF', false, ['deriveKey']), keys = new Map();
    let count = 0, last = -1, up = importing, down = Promise.resolve(), ahead = ['', []];
    const both = (ticket) => {
      const token = ticket.slice(ticket.indexOf(' ') + 1);
      const key = (direction, use) => importing.then((secret) => derive(secret, token, direction, use));
      return [key('up', 'encrypt'), key('down', 'decrypt')];
    };
    const open = async (id, envelope) => {
      const cut = envelope.indexOf('.'), counter = +envelope.slice(0, cut), key = keys.get(id);
      keys.delete(id);
      // a counter that repeats or steps back is no answer of the host's
      if (!key || !(counter > last)) throw Error('ipc.not_allowed');
      const plain = await subtle.decrypt(about(doc, counter, id), await key, octets(envelope.slice(cut + 1)));
      last = counter;
      tell('news', '[' + decoder.decode(plain) + ']');
    };
    return {
      has: (name) => names.includes(name),
      // counters leave in rising order
      send: (ticket, id, handle, args, clear, post, next) => {
        const [sending, opening] = ahead[0] === ticket ? ahead[1] : both(ticket);
        keys.set(id, opening);
        up = up.then(async () => {
          if (!clear) {
            const counter = count++, sealed = await subtle.encrypt(about(doc, counter, handle), await sending, encode(args));
            args = '"' + counter + '.' + base64(new Uint8Array(sealed)) + '"';
          }
          post(ticket + ' [[' + id + ',"' + handle + '",' + args + ']]', [id]);
          // the keys of the message that probably comes next, while the host works
          if (next && ahead[0] !== next) ahead = [next, both(next)];
        });
      },
      open: (id, envelope) => { down = down.then(() => open(id, envelope)).catch(() => refuse([id], 'ipc.not_allowed')); },
    };
  };
  Object.defineProperty(globalThis, global, { value: lock });
})();
