// Measures round trips: a while without the flood, a while with it, over and over.
import { invoke } from "@millennium/api";

const ROUNDS = 5;
const IDLE_MS = 350;
const FLOODED_MS = 600;
const SETTLE_MS = 250;
const GAP_MS = 2;
const TRIPS = 20; // for one sample: the engine's clock has a resolution of a millisecond

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const ping = await invoke("ping_name");
const at = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(values.length * share)];

const measure = async (ms) => {
  const values = [], end = performance.now() + ms;
  for (let number = 0; performance.now() < end; number += 1) {
    const begin = performance.now();
    for (let trip = 0; trip < TRIPS; trip += 1) await invoke(ping, { number });
    values.push((performance.now() - begin) / TRIPS);
    await sleep(GAP_MS);
  }
  return values;
};

const results = {};
await sleep(1000);
for (const kind of await invoke("kinds")) {
  const rounds = [];
  let said, done = 0, samples = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const idle = await measure(IDLE_MS);
    await invoke("start", { kind });
    await sleep(SETTLE_MS);
    const flooded = await measure(FLOODED_MS);
    said = await invoke("stop");
    rounds.push({ idle: at(idle, 0.5), flooded: at(flooded, 0.5), worst: at(flooded, 0.95) });
    samples += flooded.length;
    done += said.done;
    await sleep(SETTLE_MS);
    done += await invoke("close_extra");
    await sleep(SETTLE_MS);
  }
  results[kind] = { ...said, rounds, samples, done, taken: await invoke("taken") };
}
await invoke("report", { result: results });
