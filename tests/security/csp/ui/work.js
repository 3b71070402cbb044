// A worker of the app's own: its own response's policy rules it.
const elsewhere = decodeURIComponent(location.search.slice(1));
self.heard = (name) => postMessage(`worker: ${name}`);
const attempt = (f) => { try { Promise.resolve(f()).catch(() => {}); } catch { /* refused */ } };
postMessage("own worker");
attempt(() => (0, eval)("heard('eval')"));
attempt(() => new Function("heard('Function')")());
attempt(() => setTimeout("heard('string timeout')", 0));
attempt(() => importScripts("data:text/javascript,heard('data script')"));
attempt(() => importScripts(URL.createObjectURL(new Blob(["heard('blob script')"], { type: "text/javascript" }))));
attempt(() => importScripts(`${elsewhere}/imported`));
attempt(() => import("data:text/javascript,heard('data module')"));
attempt(() => fetch(`${elsewhere}/worker-fetch`, { mode: "no-cors" }));
attempt(() => new WebSocket(`${elsewhere}/worker-socket`.replace("http", "ws")));
attempt(() => { new Worker(URL.createObjectURL(new Blob(["postMessage(1)"]))).onmessage = () => heard("worker of a worker"); });
