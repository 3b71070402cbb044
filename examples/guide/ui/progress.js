// --8<-- [start:channel]
import { Channel, invoke } from "@millennium/api";

export const convert = async (bar) => {
  const progress = new Channel(({ done, total }) => (bar.value = done / total));
  return invoke("convert", { files: 20, progress });
};
// --8<-- [end:channel]

// --8<-- [start:enough]
export const firstThree = async () => {
  const readings = [];
  const channel = new Channel((reading) => {
    readings.push(reading);
    if (readings.length === 3) channel.close();
  });
  await invoke("measure", { times: 100_000, readings: channel }).catch((error) => error.code);
  return readings.length;
};
// --8<-- [end:enough]
