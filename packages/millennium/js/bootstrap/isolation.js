// The private world's side of the isolation pattern; injected before world.js, which finds it under
// a name that only the two know. It owns the frame, and hands the page's calls on when the frame
// has encrypted them. What the page does to the frame (remove it, move it, send it elsewhere) stops
// its own calls: nothing but the frame has the key.
//
// $NAMES are filled in by millennium.scripts.render.
(() => {
  'use strict';
  const global = $SINK + 'g';
  if (globalThis[global]) return;
  const guard = (send, tell, refuse) => {
    // taken before there is markup: an element named as a property of the document hides it
    const waiting = new Set(), create = document.createElement.bind(document),
      root = Object.getOwnPropertyDescriptor(Document.prototype, 'documentElement').get.bind(document);
    let frame, inner, ready, gone, kept = '', loads = 0;
    const idsOf = (text) => {
      const part = text.split('\n'), ids = [];
      for (let i = 0; i + 2 < part.length; i += 3) if (part[i + 1]) ids.push(part[i]);
      return ids;
    };
    const die = () => {
      if (gone) return;
      gone = true;
      refuse([...waiting], 'isolation.gone');
      waiting.clear();
    };
    const forward = (text) => inner.postMessage(text, '*');
    // both listeners stand before any of the page, which could stop an event that comes to it first
    addEventListener('message', (event) => {
      // an event that a script made can name any source
      if (gone || !inner || !event.isTrusted || event.source !== inner || typeof event.data !== 'string') return;
      if (!ready) {
        ready = true;
        if (kept) forward(kept);
        kept = '';
        return;
      }
      const part = event.data.split('\n');
      let out = '';
      for (let i = 0; i + 2 < part.length; i += 3) {
        const id = part[i], name = part[i + 1], known = waiting.delete(id);
        if (name && !known) continue;
        if (name === '"') tell('news', '[1,' + id + ',' + JSON.stringify(JSON.parse(part[i + 2])) + ']');
        else out += id + '\n' + name + '\n' + part[i + 2] + '\n';
      }
      if (out) send(out);
    }, true);
    // a second load is another document, which has no key
    document.addEventListener('load', (event) => { if (event.target === frame && loads++) die(); }, true);
    return {
      start: (url) => {
        const home = root();
        if (!home) return die();
        frame = create('iframe');
        frame.sandbox = 'allow-scripts';
        frame.hidden = true;
        frame.src = url;
        home.append(frame);
        inner = frame.contentWindow;
        // a frame that was moved has another window, even if it never loads
        const watch = new MutationObserver(() => { if (frame.contentWindow !== inner) die(); });
        watch.observe(document, { childList: true });
        watch.observe(home, { childList: true });
        setTimeout(() => { if (!ready) die(); }, $FRAME_MILLISECONDS);
      },
      take: (text) => {
        const ids = idsOf(text);
        if (gone) return refuse(ids, 'isolation.gone');
        for (const id of ids) waiting.add(id);
        if (ready) forward(text);
        else kept += text;
      },
    };
  };
  Object.defineProperty(globalThis, global, { value: guard });
})();
