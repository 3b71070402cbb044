// The private world's side. Its globals and built-ins are its own: what the page does to its
// prototypes does not reach this file, and the page cannot see the native handler, the tokens or
// the handles. The wire is described in millennium.ipc.wire.
//
// $NAMES are filled in by millennium.scripts.render, which also strips comments and white space.
// Shortened: backlog deliver refuse guard early count greeting accept kept sunk lock verify
// Shortened: list call part pump name tell next line full doc ids host later args
(() => {
  'use strict';
  const sink = $SINK, greeting = $HELLO;
  // document.open() injects again; only the first counts
  if (globalThis[sink]) return;
  let line, doc = 0, next = 0, pad = [], once, dead, lock, backlog = [];
  const host = webkit.messageHandlers[$HANDLER],
    handles = { __proto__: null },
    early = new Map(),
    sunk = [],
    tell = (kind, detail) => line.dispatchEvent(new CustomEvent(kind, { detail })),
    refuse = (ids, why) => {
      const error = JSON.stringify({ code: why?.message || why || 'ipc.failed', message: 'message refused' });
      if (ids.length) tell('news', '[' + ids.map((id) => '1,' + id + ',' + error) + ']');
    },

    // "sequence\nhead\nnews"; replies and evaluates may overtake each other
    deliver = (text) => {
      early.set(+text.slice(0, text.indexOf('\n')), text);
      for (; early.has(next); next++) {
        const now = early.get(next);
        early.delete(next);
        accept(now.slice(now.indexOf('\n') + 1));
      }
      pump();
    },
    // the head is for us, the news is for the page
    accept = (text) => {
      const cut = text.indexOf('\n'), head = cut ? JSON.parse(text.slice(0, cut)) : {};
      if (head.pad) pad = head.pad.concat(pad);
      once ||= head.once;
      if (head.frame) guard.start(head.frame);
      if (head.seal) lock = globalThis[sink + 's'](doc, head.seal, head.pad[0], head.sealed, tell, refuse);
      for (const name in head.handles) handles[name] = (handles[name] || []).concat(head.handles[name]);
      if (cut + 1 < text.length) tell('news', text.slice(cut + 1));
      if (head.ack) backlog.push([next, '', '["ack"]']);
      if (head.verify) {
        if (document.readyState === 'complete') verify();
        else addEventListener('load', verify);
      }
    },
    verify = () => {
      backlog.push([0, '', '["verify",' + performance.now() + ']']);
      pump();
    },

    post = (text, ids) => host.postMessage(text).then(deliver, (why) => refuse(ids, why)),
    // one token per message; what has no token or no handle yet waits, in order
    pump = () => {
      while (pad.length && backlog.length) {
        const kept = [], ids = [];
        let out = '', count = 0, full;
        for (const call of backlog) {
          const [id, name, args] = call, list = handles[name], dry = once && list && !list.length,
            // a lone surrogate spoils its whole message, so what may be one travels alone
            odd = args.includes('\\ud');
          // an envelope may not overtake another
          if (!dry || guard) full ||= dry || (count && (odd || count === $MAX_CALLS || out.length + name.length + args.length + 64 > $MAX_CHARS));
          if (full || dry) {
            kept.push(call);
            continue;
          }
          // a sealed call has a message of its own; the last token is for the others
          if (list && lock?.has(name)) {
            if (!pad[1]) kept.push(call);
            else lock.send(pad.pop(), id, once ? list.pop() : list[0], args, guard, post);
            continue;
          }
          out += (count++ ? ',[' : '[') + id + ',"' + (list ? once ? list.pop() : list[0] : '') + '",'
            + (list || !name ? args : '["unknown","' + name + '"]') + ']';
          if (name) ids.push(id);
          full = odd;
        }
        backlog = kept;
        if (!count) return;
        post(pad.pop() + ' [' + out + ']', ids);
      }
    },
    // "id\nname\nargs\n" repeated; JSON has no raw line break
    send = (text) => {
      const part = text.split('\n');
      for (let i = 0; i + 2 < part.length; i += 3) backlog.push(part.slice(i, i + 3));
      if (!dead) return pump();
      refuse(backlog.filter((call) => call[1]).map((call) => call[0]), dead);
      backlog = [];
    };

  // of the isolation pattern, where the app uses it
  const guard = globalThis[sink + 'g']?.(send, tell, refuse);
  document.addEventListener(greeting + 'a', (event) => {
    line = event.relatedTarget;
    line.addEventListener('open', (e) => lock.open(...e.detail.split('\n')));
    line.addEventListener('calls', (e) => (guard ? guard.take : send)(e.detail));
    tell('taken');
    // answered with "document\n" and the first message
    host.postMessage($HELLO_TEXT).then((text) => {
      const cut = text.indexOf('\n');
      doc = +text.slice(0, cut);
      deliver(text.slice(cut + 1));
      for (const [n, later] of sunk) if (n === doc) deliver(later);
    }, (why) => {
      dead = why || 'ipc.failed';
      send('');
    });
  }, { once: true });
  document.dispatchEvent(new Event(greeting + 'b'));
  // an evaluate may overtake the hello's answer
  Object.defineProperty(globalThis, sink, { value: (n, text) => {
    if (n === doc) deliver(text);
    else if (!doc) sunk.push([n, text]);
  } });
})();
