// Envelopes are "counter.base64", and their nonce is the counter; see millennium.security.envelope.
const octets = (text) => Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const base64 = (data) => {
  if (data.toBase64) return data.toBase64();
  let text = '';
  for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode.apply(null, data.subarray(at, at + 32768));
  return btoa(text);
};
const nonce = (count) => {
  const iv = new Uint8Array(12), view = new DataView(iv.buffer);
  view.setUint32(4, Math.floor(count / 4294967296));
  view.setUint32(8, count % 4294967296);
  return iv;
};
