// --8<-- [start:files]
import { readText, writeText } from "@millennium/api/fs";

export const draft = async () => {
  await writeText("$APPDATA/draft.md", "# Draft");
  return readText("$APPDATA/draft.md");
};
// --8<-- [end:files]

export const forbidden = () => readText("/etc/hostname").catch((error) => error.code);
