// Sends in its own name, and tries to send in others'.
const { invoke } = window.__MILLENNIUM_INTERNALS__;
const label = location.search.slice(1);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const attempt = (command, args) => invoke(command, args).then(() => "sent", (error) => error.code);

const NAME = "senders:hello";
const target = "hearer";
(async () => {
  while (label !== "remote" && !(await invoke("may_send"))) await sleep(50);
  if (label === "remote") await sleep(1500);
  await invoke("said", {
    label,
    outcomes: {
      self: await attempt("event.emit", { name: NAME, payload: label }),
      other: await attempt("event.emit_to", { target, name: NAME, payload: label }),
      source: await attempt("event.emit_to", { target, name: NAME, payload: label, source: "" }),
      origin: await attempt("event.emit", { name: NAME, payload: label, origin: "" }),
      reserved: await attempt("event.emit_to", { target, name: "millennium:forged", payload: label }),
      newline: await attempt("event.emit", { name: `${NAME}\n`, payload: label }),
    },
  });
})();
