import { invoke } from "@millennium/api";

// --8<-- [start:up]
export const fingerprint = (file = new Blob(["abc"])) => invoke("fingerprint", { data: file });
// --8<-- [end:up]

// --8<-- [start:down]
export const draw = async (canvas) => {
  const pixels = new Uint8Array(await invoke("gradient", { width: 64, height: 8 }));
  const image = new ImageData(64, 8);
  pixels.forEach((grey, index) => image.data.set([grey, grey, grey, 255], index * 4));
  canvas.getContext("2d").putImageData(image, 0, 0);
  return pixels.length;
};
// --8<-- [end:down]

// --8<-- [start:request]
export const upload = (bytes = new Uint8Array(1000)) =>
  invoke("upload", bytes, { headers: { "x-name": "zeros.bin" } });
// --8<-- [end:request]
