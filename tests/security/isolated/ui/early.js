// Asks the frame from the moment it is there, before its hook is.
(() => {
  const { invoke } = globalThis.__MILLENNIUM_INTERNALS__;
  const result = { asked: 0 }, line = new MessageChannel();
  const call = invoke("echo", { text: "forbidden" }).catch((e) => `${e.code}: ${e.message}`);
  let inner, settled;
  line.port1.onmessage = () => {
    inner ??= document.querySelector("iframe")?.contentWindow;
    for (let i = 0; inner && i < 20; i++, result.asked++) inner.postMessage('1\necho\n{"text":"forbidden"}\n', "*");
    if (!settled) line.port2.postMessage(0);
  };
  line.port2.postMessage(0);
  call.then((said) => {
    settled = true;
    result.said = said;
    result.asked = result.asked > 0;
    invoke("report", { result });
  });
})();
