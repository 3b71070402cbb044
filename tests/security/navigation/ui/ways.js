// Every way to leave. Where none works, this document tries all; where one does, the next document
// of ours, to which the foreign page comes back, tries the next.
const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const plan = await invoke("plan"), { foreign, other, label } = plan;
const here = location.href.split("?")[0], index = Number(new URLSearchParams(location.search).get("i") || 0);
const query = (way, back) => new URLSearchParams({ way, label, back, hello: plan.hello, handler: plan.handler, sink: plan.sink });
const element = (tag, attributes, parent = document.body) => {
  const made = document.createElement(tag);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  parent.append(made);
  return made;
};
const form = (method, url) => {
  const made = element("form", { method, action: url.split("?")[0] });
  for (const [name, value] of new URL(url).searchParams) element("input", { type: "hidden", name, value }, made);
  if (method === "post") made.action = url;
  made.submit();
};
const WAYS = {
  location: (url) => { location.href = url; },
  replace: (url) => { location.replace(url); },
  meta: (url) => { element("meta", { "http-equiv": "refresh", content: `0;url=${url}` }, document.head); },
  "form-get": (url) => form("get", url),
  "form-post": (url) => form("post", url),
  link: (url) => element("a", { href: url }).click(),
  download: (url) => element("a", { href: url, download: "x" }).click(),
  "open-self": (url) => { window.open(url, "_self"); },
  "open-blank": (url) => { window.open(url); },
  "link-blank": (url) => element("a", { href: url, target: "_blank" }).click(),
  "frame-top": (url) => {
    const frame = element("iframe", { srcdoc: "<script>onmessage = (e) => { top.location.href = e.data; };<\/script>" });
    frame.onload = () => frame.contentWindow.postMessage(url, "*");
  },
  write: (url) => { document.open(); document.write(`<body><script>location.href = ${JSON.stringify(url)}<\/script>`); document.close(); },
  redirect: (url) => { location.href = `${new URL(url).origin}/redirect?to=${encodeURIComponent(url)}`; },
  "redirect-away": (url) => { location.href = `${foreign}/redirect?to=${encodeURIComponent(url.replace(foreign, other))}`; },
  "redirect-home": (url) => { location.href = `${foreign}/redirect?to=${encodeURIComponent(new URL(url).searchParams.get("back"))}`; },
  "own-redirect": (url) => { location.href = `/redirect?${encodeURIComponent(url)}`; },
};
// where a way leads elsewhere, this document ends while it waits
const STAYING = ["open-blank", "link-blank", "redirect-away", "redirect-home", "own-redirect"];
const names = Object.keys(WAYS);
for (let i = index; i < names.length; i += 1) {
  const way = names[i], back = `${here}?i=${i + 1}`;
  await invoke("note", { what: { way, alive: await invoke("inline", { value: i }) } });
  WAYS[way](`${foreign}/foreign.html?${query(way, back)}`);
  await wait(label === "guarded" ? 200 : STAYING.includes(way) && !(label === "unguarded" && way === "redirect-away") ? 700 : 10000);
  await invoke("note", { what: { way, stayed: location.href.split("?")[0] === here, alive: await invoke("inline", { value: i }) } });
}
const pushed = (() => { try { history.pushState({}, "", foreign); return "done"; } catch (error) { return error.name; } })();
await fetch("/told?" + encodeURIComponent(JSON.stringify({ pushed, ways: names })));
