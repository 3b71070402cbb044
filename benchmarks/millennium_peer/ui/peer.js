import { Channel, invoke } from "@millennium/api";
import { listen } from "@millennium/api/event";

/** Count items that arrive, in order, until `n`. @param {number} n */
function counter(n) {
  let seen = 0;
  let wrong = 0;
  /** @type {(wrong: number) => void} */
  let done;
  const end = new Promise((resolve) => (done = resolve));
  const take = (/** @type {{ id: number }} */ item) => {
    if (item.id !== seen) wrong++;
    if (++seen === n) done(wrong);
  };
  return { take, end };
}

const marks = ["first", "start", "end"];
runBench(
  {
    call: (name, args) =>
      marks.includes(name) ? invoke("mark", { what: name }) : invoke(name === "quit" ? "leave" : name, args),
    upload: (data) => invoke("upload", data),
    download: (n) => invoke("download", { n }),
    async events(n) {
      const { take, end } = counter(n);
      const stop = await listen("tick", (event) => take(event.payload));
      await invoke("burst", { n });
      const wrong = await end;
      stop();
      return wrong;
    },
    async channel(n) {
      const { take, end } = counter(n);
      await invoke("stream", { n, to: new Channel(take) });
      return end;
    },
  },
  await invoke("settings"),
);
