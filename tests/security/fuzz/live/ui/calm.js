import { invoke } from "@millennium/api";

await invoke("report", { result: { echo: await invoke("echo", { value: "calm" }) } });
