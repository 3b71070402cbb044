// Frames a page of the app itself.
import { invoke } from "@millennium/api";
const ran = {};
addEventListener("message", ({ data }) => { ran[data] = true; });
const frame = document.createElement("iframe");
frame.src = "/framed.html";
document.body.append(frame);
await new Promise((done) => setTimeout(done, 700));
await invoke("report", { result: { ran } });
