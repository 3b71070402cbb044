// Stands where the isolation frame stood, and hands calls on as it likes, without an envelope.
addEventListener("message", (event) => {
  const part = event.data.split("\n");
  let out = "";
  for (let i = 0; i + 2 < part.length; i += 3) out += part[i] + "\n" + part[i + 1] + "\n{\"text\":\"forged\"}\n";
  event.source.postMessage(out, "*");
});
