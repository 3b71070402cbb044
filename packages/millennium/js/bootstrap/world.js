// The private world's side. Its globals and built-ins are its own: what the page does to its
// prototypes does not reach this file, and the page cannot see the native handler, the tokens or
// the handles. The wire is described in millennium.ipc.wire.
(() => {
  'use strict';
  // document.open() injects again; only the first counts
  if (globalThis[$SINK]) return;
  const host = webkit.messageHandlers[$HANDLER];
  const handles = Object.create(null), early = new Map(), sunk = [];
  let line, doc = 0, next = 0, pad = [], once = false, dead = '', backlog = [];

  const tell = (kind, detail) => line.dispatchEvent(new CustomEvent(kind, { detail }));
  const refuse = (ids, why) => {
    const code = /^[a-z_.]+$/.test(why && why.message || why) ? why.message || why : 'ipc.failed';
    if (ids.length) tell('news', '[' + ids.map((id) => `1,${id},{"code":"${code}","message":"the message was refused"}`) + ']');
  };

  // "sequence\nhead\nnews"; replies and evaluates may overtake each other
  const deliver = (text) => {
    early.set(+text.slice(0, text.indexOf('\n')), text);
    for (; early.has(next); next++) {
      const now = early.get(next);
      early.delete(next);
      accept(next, now.slice(now.indexOf('\n') + 1));
    }
    pump();
  };
  // the head is for us, the news is for the page
  const accept = (sequence, text) => {
    const cut = text.indexOf('\n'), head = cut ? JSON.parse(text.slice(0, cut)) : {};
    if (head.pad) pad = head.pad.concat(pad);
    if (head.once) once = true;
    for (const name in head.handles) handles[name] = (handles[name] || []).concat(head.handles[name]);
    if (cut + 1 < text.length) tell('news', text.slice(cut + 1));
    if (head.ack) backlog.push([sequence, '', '["ack"]']);
    if (head.verify) loaded(() => { backlog.push([0, '', `["verify",${performance.now()}]`]); pump(); });
  };
  const loaded = (then) => document.readyState === 'complete' ? then() : addEventListener('load', then, { once: true });

  // one token per message; what has no token or no handle yet waits, in order
  const pump = () => {
    while (pad.length && backlog.length) {
      const kept = [], ids = [];
      let out = '', count = 0, full = false;
      for (const call of backlog) {
        const [id, name, args] = call, list = name && handles[name], odd = args.includes('\\ud');
        // a lone surrogate spoils its whole message, so whatever may be one travels alone
        if (full || (count && odd) || count === $MAX_CALLS || (once && list && !list.length) || out.length + args.length + name.length + 64 > $MAX_CHARS) {
          full ||= !once || !list || list.length > 0;
          kept.push(call);
          continue;
        }
        const handle = list ? once ? list.pop() : list[0] : '';
        out += (count++ ? ',' : '') + `[${id},"${handle}",${name && !list ? `["unknown","${name}"]` : args}]`;
        if (name) ids.push(id);
        full = odd;
      }
      if (!count) return;
      backlog = kept;
      host.postMessage(pad.pop() + ' [' + out + ']').then(deliver, (why) => refuse(ids, why));
    }
  };
  // "id\nname\nargs\n" repeated; JSON has no raw line break
  const send = (text) => {
    const part = text.split('\n'), ids = [];
    for (let i = 0; i + 2 < part.length; i += 3) {
      backlog.push([part[i], part[i + 1], part[i + 2]]);
      if (part[i + 1]) ids.push(part[i]);
    }
    if (dead) { backlog = []; refuse(ids, dead); } else pump();
  };

  // answered with "document\n" and the first message
  const hello = () => host.postMessage($HELLO_TEXT).then((text) => {
    const cut = text.indexOf('\n');
    doc = +text.slice(0, cut);
    deliver(text.slice(cut + 1));
    for (const [n, later] of sunk) if (n === doc) deliver(later);
    sunk.length = 0;
  }, (why) => {
    dead = why || 'ipc.failed';
    refuse(backlog.filter((call) => call[1]).map((call) => call[0]), dead);
    backlog = [];
  });

  document.addEventListener($HELLO + 'a', (event) => {
    line = event.relatedTarget;
    line.addEventListener('calls', (e) => send(e.detail));
    tell('taken');
    hello();
  }, { once: true });
  document.dispatchEvent(new Event($HELLO + 'b'));
  // an evaluate may overtake the hello's answer
  Object.defineProperty(globalThis, $SINK, { value: (n, text) => { if (n === doc) deliver(text); else if (!doc) sunk.push([n, text]); } });
})();
