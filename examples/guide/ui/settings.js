import { invoke } from "@millennium/api";
import { emitTo } from "@millennium/api/event";

const size = document.getElementById("size");
size.value = await invoke("font_size");
size.addEventListener("change", async () => {
  await invoke("set_font_size", { size: size.valueAsNumber });
  await emitTo("main", "guide:font-size", size.valueAsNumber);
});
