import { invoke } from "@millennium/api";
// --8<-- [start:listen]
import { emit, listen, once } from "@millennium/api/event";

const stop = listen("guide:renamed", ({ payload, source }) => {
  document.title = payload.name; // source is "" when Python sent it
});
// --8<-- [end:listen]

export const renamed = async () => {
  await invoke("rename", { name: "A new name" });
  while (document.title !== "A new name") await new Promise((done) => setTimeout(done, 5));
  stop();
  return document.title;
};

export const whispered = () =>
  new Promise((done) => {
    once("guide:whispered", ({ payload }) => done(payload));
    invoke("whisper", { words: "psst" });
  });

// --8<-- [start:emit]
export const tell = () => emit("guide:seen", { chapter: 3 });
// --8<-- [end:emit]
