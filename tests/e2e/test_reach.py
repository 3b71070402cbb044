"""What a page reaches in a real window: its files, its window, its folder and the three kinds of commands."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SECONDS = 60

pytestmark = [pytest.mark.gui, pytest.mark.timeout(2 * SECONDS)]

PROJECT = """
[project]
name = "reach"
version = "0.1.0"

[tool.millennium]
identifier = "net.lovelace.reach"

[tool.millennium.build]
main = "main.py"

[[tool.millennium.windows]]
title = "Reach"

[tool.millennium.allowlist]
window.all = true
fs.all = true
fs.scope.allow = ["$HOME/allowed/**"]
"""

MAIN = """
from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import dataclass

from millennium import App, Channel, Request, State

app = App()


@dataclass
class Counter:
    value: int = 0
    cancelled: bool = False


app.manage(Counter())


@app.command
def count(state: State[Counter]) -> int:
    state.value.value += 1
    return state.value.value


@app.command(inline=True)
def inline() -> bool:
    return threading.current_thread() is threading.main_thread()


@app.command
def pool() -> str:
    return threading.current_thread().name.rpartition("-")[0]


@app.command
async def loop() -> str:
    asyncio.get_running_loop()
    return threading.current_thread().name


@app.command
def mirror(data: bytes) -> bytes:
    return data[::-1]


@app.command
def body(request: Request) -> int:
    return len(request.body)


@app.command
async def tell(channel: Channel[int], count: int) -> str:
    for number in range(count):
        await channel.send(number)
    return "told"


@app.command
async def wait(state: State[Counter]) -> None:
    try:
        await asyncio.sleep(60)
    finally:
        state.value.cancelled = True


@app.command
def was_cancelled(state: State[Counter]) -> bool:
    return state.value.cancelled


@app.command
def report(result: dict[str, object]) -> None:
    print(json.dumps(result), flush=True)
    app.handle.exit(0)


if __name__ == "__main__":
    app.run()
"""

PAGE = """
import { Channel, invoke } from "@millennium/api";
import * as fs from "@millennium/api/fs.js";
import * as own from "@millennium/api/window.js";

const result = {};
const note = async (name, find) => {
  result[name] = await find().catch((error) => error.code ?? String(error));
};
const ask = async (path, init, ...names) => {
  const answer = await fetch(path, init);
  const length = (await answer.arrayBuffer()).byteLength;
  return [answer.status, length, ...names.map((name) => answer.headers.get(name))];
};
const until = async (look) => {
  for (let tries = 0; tries < 200 && !(await look()); tries += 1) {
    await new Promise((done) => setTimeout(done, 20));
  }
  return look();
};
const there = async (go, is, back) => {
  await go();
  const first = await until(is);
  await back();
  return [first, await until(async () => !(await is()))];
};
const part = (range) => ({ headers: { Range: range } });

await note("range", () => ask("/large.bin", part("bytes=10-19"), "content-range"));
await note("suffix", () => ask("/large.bin", part("bytes=-5"), "content-range"));
await note("outside", async () => (await fetch("/large.bin", part("bytes=9999-"))).status);
await note("head", () => ask("/large.bin", { method: "HEAD" }, "content-length"));
await note("post", async () => (await fetch("/large.bin", { method: "POST" })).status);
await note("mime", () => ask("/look.css", {}, "content-type"));
await note("csp", async () => (await ask("/", {}, "content-security-policy"))[2].includes("'self'"));
await note("state", async () => [await invoke("count"), await invoke("count")]);
await note("inline", () => invoke("inline"));
await note("pool", () => invoke("pool"));
await note("loop", () => invoke("loop"));
await note("bytes", async () => [...new Uint8Array(await invoke("mirror", { data: new Uint8Array([1, 2, 3]) }))]);
await note("many", async () => (await invoke("mirror", { data: new Uint8Array(3_000_000) })).byteLength);
await note("raw", () => invoke("body", new Uint8Array(10)));
await note("channel", async () => {
  const got = [];
  const channel = new Channel((item) => got.push(item));
  const told = await invoke("tell", { channel, count: 2500 });
  return [told, got.length, got.every((item, place) => item === place)];
});
await note("abort", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  const code = await invoke("wait", {}, { signal: controller.signal }).catch((error) => error.code);
  return [code, await until(() => invoke("was_cancelled"))];
});
await note("title", async () => [await own.setTitle("New"), await own.title()]);
await note("size", async () => {
  await own.setSize(new own.LogicalSize(700, 500));
  await until(async () => innerWidth === 700);
  return [(await own.innerSize()).width, (await own.innerSize()).height, innerWidth, innerHeight];
});
await note("position", async () => {
  await own.setPosition(new own.LogicalPosition(50, 60));
  await until(async () => (await own.outerPosition()).x === 50);
  return [(await own.outerPosition()).x, (await own.outerPosition()).y];
});
await note("hidden", () => there(own.hide, async () => !(await own.isVisible()), own.show));
await note("maximized", () => there(own.maximize, own.isMaximized, own.unmaximize));
await note("minimized", () => there(own.minimize, own.isMinimized, own.unminimize));
await note("fullscreen", () =>
  there(() => own.setFullscreen(true), own.isFullscreen, () => own.setFullscreen(false)));
await note("focused", async () => { await own.setFocus(); return until(own.isFocused); });
await note("text", async () => [await fs.writeText(`${HOME}/allowed/a`, "hé"), await fs.readText(`${HOME}/allowed/a`)]);
await note("list", async () => (await fs.list(`${HOME}/allowed`)).map((entry) => entry.name));
await note("foreign", () => fs.readText("/etc/hostname"));
await note("climbing", () => fs.readText(`${HOME}/allowed/../secret`));
await invoke("report", { result });
"""

EXPECTED: dict[str, object] = {
    "range": [206, 10, "bytes 10-19/1000"],
    "suffix": [206, 5, "bytes 995-999/1000"],
    "outside": 416,
    "head": [200, 0, "1000"],
    "post": 405,
    "mime": [200, 3, "text/css; charset=utf-8"],
    "csp": True,
    "state": [1, 2],
    "inline": True,
    "pool": "millennium-worker",
    "loop": "millennium-asyncio",
    "bytes": [3, 2, 1],
    "many": 3_000_000,
    "raw": 10,
    "channel": ["told", 2500, True],
    "abort": ["command.aborted", True],
    "title": [None, "New"],
    "size": [700, 500, 700, 500],
    "position": [50, 60],
    "hidden": [True, True],
    "maximized": [True, True],
    "minimized": [True, True],
    "fullscreen": [True, True],
    "focused": True,
    "text": [None, "hé"],
    "list": ["a"],
    "foreign": "fs.out_of_scope",
    "climbing": "fs.out_of_scope",
}


def _make_project(folder: Path, home: Path) -> None:
    (home / "allowed").mkdir(parents=True)
    (home / "secret").write_text("s")
    (folder / "ui").mkdir()
    (folder / "ui" / "index.html").write_text(
        '<!doctype html><title>Reach</title><script type="module" src="main.js"></script>'
    )
    (folder / "ui" / "main.js").write_text(f"const HOME = {json.dumps(str(home))};{PAGE}")
    (folder / "ui" / "large.bin").write_bytes(bytes(1000))
    (folder / "ui" / "look.css").write_text("a{}")
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "main.py").write_text(MAIN)


@pytest.fixture(scope="module")
def reached(screen: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the page of one app found out."""
    folder = tmp_path_factory.mktemp("reach")
    _make_project(folder, folder / "home")
    environment = {key: value for key, value in screen.items() if not key.startswith("XDG_")}
    done = subprocess.run(
        [sys.executable, "main.py"],
        cwd=folder,
        env=environment | {"HOME": str(folder / "home"), "NO_AT_BRIDGE": "1"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", EXPECTED, ids=str)
def test_a_page_reaches_what_it_may_and_nothing_else(reached: Any, name: str) -> None:
    assert reached[name] == EXPECTED[name]


def test_nothing_the_page_tried_is_left_out(reached: Any) -> None:
    assert {*reached} == {*EXPECTED}
