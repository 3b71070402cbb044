// The private world's side of sealed commands; injected before world.js, which finds it under a
// name that only the two know. Calls and answers are AES-256-GCM, with a key for each direction
// that is derived from the document's secret and its first token; see millennium.ipc.sealing.
//
// $NAMES are filled in by millennium.scripts.render.
(() => {
  'use strict';
  const global = $SINK + 's';
  if (globalThis[global]) return;
  // Included: envelope
  const subtle = crypto.subtle, encoder = new TextEncoder(), decoder = new TextDecoder(), encode = (text) => encoder.encode(text);
  const about = (doc, count, subject) =>
    ({ name: 'AES-GCM', iv: nonce(count), additionalData: encode($VERSION + '\n' + $LABEL + '\n' + doc + '\n' + subject) });
  const lock = (doc, text, first, names, tell, refuse) => {
    const waiting = new Set();
    let count = 0, last = -1, up = Promise.resolve(), down = up, upKey, downKey;
    const derive = (secret, direction, use) => subtle.deriveKey(
      { name: 'HKDF', hash: 'SHA-256', salt: encode(first.slice(first.indexOf(' ') + 1)), info: encode('millennium ' + direction) },
      secret, { name: 'AES-GCM', length: 256 }, false, [use]);
    const ready = subtle.importKey('raw', octets(text), 'HKDF', false, ['deriveKey'])
      .then((secret) => Promise.all([derive(secret, 'up', 'encrypt'), derive(secret, 'down', 'decrypt')]))
      .then((keys) => { upKey = keys[0]; downKey = keys[1]; });
    const go = (ticket, id, handle, args, post) => {
      const counter = count++, subject = handle + ticket.slice(ticket.indexOf(' ')),
        sealing = subtle.encrypt(about(doc, counter, subject), upKey, encode(args));
      // counters leave in rising order; what is posted is answered when it is answered
      up = up.then(() => sealing).then((sealed) => { post(ticket + ' [[' + id + ',"' + handle + '","' + counter + '.' + base64(new Uint8Array(sealed)) + '"]]', [id]); }).catch(() => refuse([id]));
    };
    const open = (id, envelope) => {
      const cut = envelope.indexOf('.'), counter = +envelope.slice(0, cut);
      const opening = waiting.delete(id) && subtle.decrypt(about(doc, counter, id), downKey, octets(envelope.slice(cut + 1))).catch(() => 0);
      down = down.then(() => opening).then((plain) => {
        // a counter that repeats or steps back is no answer of the host's
        if (!plain || !(counter > last)) throw 0;
        last = counter;
        tell('news', '[' + decoder.decode(plain) + ']');
      }).catch(() => refuse([id], 'ipc.not_allowed'));
    };
    return {
      has: (name) => names.includes(name),
      send: (ticket, id, handle, args, clear, post) => {
        waiting.add(id);
        if (clear) post(ticket + ' [[' + id + ',"' + handle + '",' + args + ']]', [id]);
        else if (upKey) go(ticket, id, handle, args, post);
        else ready.then(() => go(ticket, id, handle, args, post));
      },
      open: (id, envelope) => { try { open(id, envelope); } catch { refuse([id], 'ipc.not_allowed'); } },
    };
  };
  Object.defineProperty(globalThis, global, { value: lock });
})();
