// Floods in the way it is told to, as hard as a page can, until it is told to stop.
import { Channel, invoke } from "@millennium/api";
import { emit, listen } from "@millennium/api/event";

const AT_ONCE = 4096;
const UPLOADS = 64;
const TEXT = "y".repeat(200);
const LARGE = "z".repeat(60000);
const BYTES = new Uint8Array(65536);

const PAUSE_MS = 700;

let is_on = false, windows = 0, count = 0, ordered = true, dropped = 0;

const keep = (count, call) => {
  const again = () => { if (is_on) call().then(again, again); };
  for (let number = 0; number < count; number += 1) again();
};
// as long as the page has something to do in each of its turns
const spin = (call) => {
  const turn = () => {
    if (!is_on) return;
    for (let number = 0; number < 200; number += 1) call();
    setTimeout(turn);
  };
  turn();
};

const FLOODS = {
  "inline": () => keep(AT_ONCE, () => invoke("inline", { text: TEXT })),
  "pool": () => keep(AT_ONCE, () => invoke("pool", { text: TEXT })),
  "async": () => keep(AT_ONCE, () => invoke("async", { text: TEXT })),
  "large": () => keep(UPLOADS, () => invoke("inline", { text: LARGE })),
  "host-events": () => keep(AT_ONCE, () => emit("floods:host", TEXT)),
  "own-events": () => keep(AT_ONCE, () => emit("floods:own", TEXT)),
  "page-events": () => {},
  "paused": () => setTimeout(() => { for (const end = performance.now() + PAUSE_MS; performance.now() < end;); }, 20),
  "hung": () => setTimeout(() => { for (;;); }, 20),
  "slow": () => keep(UPLOADS, () => invoke("slow")),
  "channels": () => keep(AT_ONCE, () => invoke("stream", { to: new Channel() })),
  "listeners": () => spin(() => { try { listen(`floods:${Math.random()}`, () => {}); } catch {} }),
  "refused": () => keep(AT_ONCE, () => invoke("nobody", { text: TEXT })),
  "malformed": () => keep(AT_ONCE, () => invoke("inline", { wrong: TEXT })),
  "uploads": () => keep(UPLOADS, () => invoke("upload", BYTES)),
  "windows": () => keep(8, () => invoke("window.create", { options: { label: `extra${(windows += 1)}`, visible: false, url: "empty.html" } })),
};

listen("floods:page", ({ payload: [number] }) => {
  ordered &&= number === count + dropped;
  count += 1;
});
listen("millennium:events-dropped", ({ payload }) => { dropped += payload.count; });
listen("floods:own", () => {});
listen("floods:start", ({ payload }) => { is_on = true; FLOODS[payload](); });
listen("floods:stop", () => {
  is_on = false;
  invoke("tell", { count, ordered, dropped });
  [count, ordered, dropped] = [0, true, 0];
});
