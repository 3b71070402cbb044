// Which headers each kind of answer has, as the engine shows them to a page.
import { invoke } from "@millennium/api";
const tag = (await fetch("/other.js")).headers.get("etag");
const ASKED = {
  page: ["/framed.html"],
  script: ["/other.js"],
  api: ["/__millennium/api/core.js"],
  head: ["/other.js", { method: "HEAD" }],
  part: ["/other.js", { headers: { range: "bytes=0-1" } }],
  "bad part": ["/other.js", { headers: { range: "bytes=9999-" } }],
  unchanged: ["/other.js", { headers: { "if-none-match": tag }, cache: "no-store" }],
  missing: ["/missing.js"],
  outside: ["/%00"],
  "bad method": ["/other.js", { method: "POST", body: "x" }],
  damaged: ["/damaged.txt"],
  broken: ["/broken.txt"],
  bytes: ["/__millennium/ipc/", { headers: { "x-millennium-ticket": "A".repeat(22) } }],
  "bytes up": ["/__millennium/ipc/", { method: "POST", headers: { "x-millennium-ticket": "A".repeat(22) }, body: "x" }],
};
const answers = {};
for (const name in ASKED) {
  const [path, options] = ASKED[name];
  try {
    const response = await fetch(path, options);
    answers[name] = [response.status, response.headers.get("content-security-policy") ?? "", response.headers.get("x-content-type-options") ?? ""];
  } catch (error) {
    answers[name] = [error.name];
  }
}
await invoke("report", { result: { answers } });
