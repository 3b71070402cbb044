import { invoke } from "@millennium/api";

// --8<-- [start:call]
export const words = () => invoke("count_words", { text: "to be or not to be" });
// --8<-- [end:call]

// --8<-- [start:abort]
export const impatient = async () => {
  const controller = new AbortController();
  const answer = invoke("wait_politely", { seconds: 60 }, { signal: controller.signal });
  setTimeout(() => controller.abort(), 10);
  return answer.catch((error) => error.code);
};
// --8<-- [end:abort]

export const time = async () => new Date(await invoke("now")).getFullYear() > 2000;

// --8<-- [start:types]
export const search = () => invoke("search", { query: { words: "note", limit: 5 } });
// --8<-- [end:types]
