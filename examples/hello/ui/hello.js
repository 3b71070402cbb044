// The page: sends the name, shows the greeting or what went wrong.
import { invoke } from "@millennium/api";

/** @param {string} id @returns {any} */
const find = (id) => document.getElementById(id);

find("form").addEventListener("submit", async (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  try {
    find("greeting").textContent = await invoke("greet", { name: find("name").value });
    find("failure").textContent = "";
  } catch (error) {
    find("failure").textContent = /** @type {Error} */ (error).message;
  }
  find("name").select();
});

addEventListener("keydown", (event) => {
  if (event.key === "Escape") find("name").value = "";
});
