// Changes, blocks and delays calls, and tries to get at what it may not have.
const later = (value) => new Promise((done) => setTimeout(() => done(value), 20));
const attempt = async (f) => { try { return String(await f()); } catch (e) { return `blocked: ${e.name}`; } };

const inside = async () => ({
  key: document.documentElement.outerHTML.match(/[A-Za-z0-9+/]{43}=/)?.[0] ?? "none",
  scripts: document.scripts.length,
  parent: await attempt(() => parent.document.title),
  again: await attempt(async () => (await fetch(location.href)).text()),
  network: await attempt(async () => (await fetch("millennium://localhost/index.html")).text()),
  storage: await attempt(() => localStorage.length),
  origin: String(self.origin),
});

window.__MILLENNIUM_ISOLATION_HOOK__ = (call) => {
  if (call.args.text === "change me") return { ...call, args: { text: "changed" } };
  if (call.args.text === "forbidden") throw new Error("not this text");
  if (call.args.text === "later") return later(call);
  if (call.args.text === "never") return Promise.reject(new Error("not today"));
  if (call.args.text === "inside") return inside().then((found) => ({ ...call, args: { text: JSON.stringify(found) } }));
  if (call.args.text === "rename") return { command: "shout", args: { text: "renamed" } };
  if (call.args.text === "nothing") return undefined;
  if (call.size > 100) throw new Error("too many bytes");
  return call;
};
