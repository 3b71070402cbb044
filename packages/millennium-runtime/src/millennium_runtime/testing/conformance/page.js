// What the suite asks of a page, see `Action` in scripts.py. Injected into both worlds of every
// page of the suite's site. Each world keeps its own trace: lines that `report` sends to the site.
(() => {
  const trace = [];
  const report = (number) => {
    const query = new URLSearchParams({ id: number, trace: JSON.stringify(trace) });
    return fetch(`/report?${query}`);
  };
  const find = (handler) => globalThis.webkit?.messageHandlers?.[handler];
  const actions = {
    record: ({ text }) => trace.push(text),
    report: ({ number }) => report(number),
    look: ({ handler }) => trace.push(find(handler) === undefined ? "hidden" : "visible"),
    async send({ handler, text, number }) {
      try {
        trace.push(`answered ${await find(handler).postMessage(text)}`);
      } catch (error) {
        trace.push(`refused ${error?.message ?? error}`);
      }
      await report(number);
    },
    async fetch({ url, method, headers, body, number }) {
      try {
        const response = await fetch(url, { method, headers, body: body || undefined });
        const text = await response.text();
        trace.push(`${response.status} ${response.headers.get("x-check")} ${text}`);
      } catch (error) {
        trace.push("failed");
      }
      await report(number);
    },
    navigate: ({ url }) => { location.href = url; },
    follow({ url }) {
      const link = document.createElement("a");
      link.href = url;
      document.documentElement.append(link);
      link.click();
    },
    open: ({ url }) => { window.open(url); },
  };
  globalThis.__conformance = { run: (action) => { actions[action.do](action); } };
})();
