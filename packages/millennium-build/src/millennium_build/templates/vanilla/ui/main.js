import { invoke } from "@millennium/api";

const form = document.getElementById("form");
const name = document.getElementById("name");
const answer = document.getElementById("answer");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    answer.textContent = await invoke("greet", { name: name.value });
  } catch (error) {
    answer.textContent = `${error.message} (${error.code})`;
  }
});
