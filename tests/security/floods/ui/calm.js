// Measures round trips: a while without the flood, a while with it, three times over.
import { invoke } from "@millennium/api";

const ROUNDS = 3;
const IDLE_MS = 500;
const FLOODED_MS = 900;
const SETTLE_MS = 250;
const GAP_MS = 2;
const TRIPS = 20; // for one sample: the engine's clock has a resolution of a millisecond

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const measure = async (ms, into) => {
  const end = performance.now() + ms;
  for (let number = 0; performance.now() < end; number += 1) {
    const begin = performance.now();
    for (let trip = 0; trip < TRIPS; trip += 1) await invoke("ping", { number });
    into.push((performance.now() - begin) / TRIPS);
    await sleep(GAP_MS);
  }
};

const at = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(values.length * share)];

const results = {};
await sleep(1000);
for (const kind of await invoke("kinds")) {
  const idle = [], flooded = [];
  let mib = 0, done = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    await measure(IDLE_MS, idle);
    await invoke("start", { kind });
    await sleep(SETTLE_MS);
    await measure(FLOODED_MS, flooded);
    const said = await invoke("stop");
    mib = Math.max(mib, said.mib);
    done += said.done;
    await sleep(SETTLE_MS);
    done += await invoke("close_extra");
    await sleep(SETTLE_MS);
  }
  results[kind] = {
    idle: at(idle, 0.5), flooded: at(flooded, 0.5), worst: at(flooded, 0.95), samples: flooded.length, mib, done,
  };
}
await invoke("report", { result: results });
