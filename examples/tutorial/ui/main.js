import { Channel, invoke } from "@millennium/api";

const get = (id) => document.getElementById(id);

get("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    get("answer").textContent = await invoke("greet", { name: get("name").value });
  } catch (error) {
    get("answer").textContent = `${error.message} (${error.code})`;
  }
});

get("count").addEventListener("click", async () => {
  const progress = new Channel((number) => (get("number").textContent = number));
  get("number").textContent = await invoke("count", { to: 10, progress });
});
