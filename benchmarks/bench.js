// The same measurement for every peer. A peer gives a transport:
//   call(name, args) → promise of the answer; names: noop (echo), first, start, end, report, quit, echo (object), source (n)
//   upload(bytes) → promise of a length; download(n) → promise of an ArrayBuffer; events(n, onItem) (optional)
// @ts-check

/** @typedef {{ call: (name: string, args: object) => Promise<any>, upload?: (data: Uint8Array) => Promise<number>,
 *   download?: (n: number) => Promise<ArrayBuffer>, events?: (n: number) => Promise<number>, channel?: (n: number) => Promise<number> }} Transport */

const now = () => performance.now();
/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Calls per second with `width` in flight. @param {Transport} peer @param {number} total @param {number} width */
async function throughput(peer, total, width) {
  let next = 0;
  const lane = async () => {
    while (next < total) {
      const n = next++;
      const answer = await peer.call("noop", { n });
      if (answer.n !== n) throw new Error(`wrong answer: ${JSON.stringify(answer)}`);
    }
  };
  const start = now();
  await Promise.all(Array.from({ length: width }, lane));
  return total / ((now() - start) / 1000);
}

/** Median milliseconds of some work. @param {() => Promise<unknown>} work @param {number} rounds */
async function milliseconds(work, rounds = 7) {
  await work();
  const times = [];
  for (let i = 0; i < rounds; i++) {
    const start = now();
    await work();
    times.push(now() - start);
  }
  return median(times);
}

/** @param {Transport} peer @param {{ calls: number, total: number, bytes: number, events: number, cold: boolean, assets: string }} config */
async function measure(peer, config) {
  await peer.call("first", {});
  if (config.cold) return;
  /** @type {Record<string, number>} */
  const report = {};
  for (let i = 0; i < 300; i++) await peer.call("noop", { n: i });
  await peer.call("start", {});
  const start = now();
  for (let i = 0; i < config.calls; i++) {
    const answer = await peer.call("noop", { n: i });
    if (answer.n !== i) throw new Error("wrong answer");
  }
  report.mean_us = ((now() - start) / config.calls) * 1000;
  await peer.call("end", {});
  if (config.total) report.calls_per_second = await throughput(peer, config.total, 100);
  if (config.bytes && peer.upload && peer.download) {
    const data = new Uint8Array(config.bytes).fill(65);
    const { upload, download } = peer;
    report.upload_ms = await milliseconds(() => upload(data));
    report.download_ms = await milliseconds(() => download(config.bytes));
  }
  if (config.events && peer.events && peer.channel) {
    for (const kind of /** @type {const} */ (["events", "channel"])) {
      const begin = now();
      const wrong = await peer[kind]?.(config.events);
      if (wrong) throw new Error(`${wrong} items out of order`);
      report[`${kind}_per_second`] = config.events / ((now() - begin) / 1000);
    }
  }
  if (config.assets) {
    const begin = now();
    const size = (await (await fetch(config.assets)).arrayBuffer()).byteLength;
    report.asset_mb_per_second = size / 1e6 / ((now() - begin) / 1000);
  }
  await peer.call("report", { report });
}

/** @param {Transport} peer @param {Parameters<typeof measure>[1]} config */
globalThis.runBench = async (peer, config) => {
  try {
    await measure(peer, config);
  } catch (error) {
    await peer.call("report", { report: { error: String(error) } });
  }
  if (!config.cold) await peer.call("quit", {});
};
