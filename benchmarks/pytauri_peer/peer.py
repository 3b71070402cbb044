"""pytauri: raw bytes commands on Tauri's own bridge; BENCH_MODE=rust calls a Rust command of Tauri instead."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
os.environ["_PYTAURI_DIST"] = "pytauri-wheel"

from anyio.from_thread import start_blocking_portal  # noqa: E402
from pytauri import Commands  # noqa: E402
from pytauri_wheel.lib import builder_factory, context_factory  # noqa: E402
from recorder import Recorder, config  # noqa: E402

TAURI = """
identifier = "dev.millennium.bench.peer"
productName = "Bench"
[build]
frontendDist = "./frontend"
[app]
withGlobalTauri = true
[[app.windows]]
title = "Bench"
label = "main"
url = "/"
width = 800
height = 600
"""
CAPABILITY = """
identifier = "default"
windows = ["main"]
permissions = ["core:default", "pytauri:default"]
"""
PAGE = """<!doctype html><meta charset="utf-8"><title>Bench</title><h1>Bench</h1>
<script src="bench.js"></script><script src="peer.js"></script>"""
SCRIPT = """
const raw = window.__TAURI__.pytauri.pyInvoke;
const encode = new TextEncoder(), decode = new TextDecoder();
const python = async (name, args) => JSON.parse(decode.decode(await raw("dispatch", encode.encode(JSON.stringify([name, args])))));
const rust = async (name, args) => {
  if (name !== "noop") return python(name, args);
  await window.__TAURI__.core.invoke("plugin:app|version");
  return args;
};
runBench({
  call: MODE === "rust" ? rust : python,
  upload: async (data) => Number(decode.decode(await raw("upload", data))),
  download: (n) => raw("download", encode.encode(String(n))),
}, CONFIG);
"""

recorder = Recorder()
commands = Commands()


@commands.command()
async def dispatch(body: bytes) -> bytes:
    """Answer the harness."""
    name, args = json.loads(body)
    answer: object = 1
    if name == "noop":
        answer = recorder.noop(args["n"])
    elif name == "report":
        recorder.print(args["report"])
    elif name == "quit":
        os._exit(0)
    elif name in {"first", "start"} or os.environ.get("BENCH_MODE") != "rust":
        getattr(recorder, name)()
    return json.dumps(answer).encode()


@commands.command()
async def upload(body: bytes) -> bytes:
    """Take bytes."""
    return str(len(body)).encode()


@commands.command()
async def download(body: bytes) -> bytes:
    """Give bytes."""
    return recorder.blob(int(body))


def main() -> None:
    """Write the project into a folder of its own and run it."""
    mode = json.dumps(os.environ.get("BENCH_MODE", "python"))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "frontend").mkdir()
        (root / "capabilities").mkdir()
        (root / "Tauri.toml").write_text(TAURI)
        (root / "capabilities" / "default.toml").write_text(CAPABILITY)
        (root / "frontend" / "index.html").write_text(PAGE)
        (root / "frontend" / "bench.js").write_bytes((HERE.parent / "bench.js").read_bytes())
        script = SCRIPT.replace("MODE", mode).replace("CONFIG", json.dumps(config()))
        (root / "frontend" / "peer.js").write_text(script)
        with start_blocking_portal("asyncio") as portal:
            app = builder_factory().build(
                context=context_factory(root), invoke_handler=commands.generate_handler(portal)
            )
            app.run_return()


if __name__ == "__main__":
    main()
