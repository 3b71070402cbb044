"""Who takes part in the benchmark, and how one run of each is started and read."""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from processes import pss_mb

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "bench"
RUN_SECONDS = 120
SETTLE_SECONDS = 0.6
BIG_BYTES = 10 << 20
_environment = dict(os.environ)


def use(environment: dict[str, str]) -> None:
    """Run peers in this environment: it names the display."""
    _environment.update(environment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A program to measure: its command line and what is special about its environment."""

    name: str
    argv: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


def environment() -> dict[str, str]:
    """Return the environment that peers run in."""
    return dict(_environment)


def floor() -> Peer:
    """Compile the C floor and write its page."""
    BUILD.mkdir(parents=True, exist_ok=True)
    program = BUILD / "floor"
    libraries = [
        _library(name)
        for name in ("webkit2gtk-4.1", "javascriptcoregtk-4.1", "gtk-3", "gobject-2.0", "glib-2.0")
    ]
    source = HERE / "floor" / "floor.c"
    subprocess.run(["gcc", "-O2", "-o", program, source, *libraries], check=True)
    return Peer(name="c-floor", argv=(str(program), str(BUILD / "floor.html")))


def millennium(mode: str = "inline", **environment: str) -> Peer:
    """Return ourselves, with the harness copied beside the page."""
    _compile()
    page = HERE / "millennium_peer" / "ui" / "bench.js"
    source = (HERE / "bench.js").read_bytes()
    if not page.exists() or page.read_bytes() != source:
        page.write_bytes(source)
    big = page.with_name("big.bin")
    if not big.exists():
        big.write_bytes(bytes(BIG_BYTES))
    suffix = "".join(
        f"-{key.removeprefix('BENCH_').lower()}{value}" for key, value in environment.items()
    )
    return Peer(
        name=f"millennium-{mode}{suffix}",
        argv=(sys.executable, str(HERE / "millennium_peer" / "main.py")),
        environment={"BENCH_MODE": mode, **environment},
    )


@cache
def _compile() -> None:
    """Have bytecode of our packages, as pip makes it of every peer that it installs."""
    for folder in sorted(HERE.parent.glob("packages/*/src")):
        compileall.compile_dir(folder, quiet=2)


def pywebview() -> Peer:
    """Return stock pywebview."""
    return Peer(name="pywebview", argv=(sys.executable, str(HERE / "pywebview_peer" / "peer.py")))


def pytauri(mode: str = "python") -> Peer:
    """Return pytauri; mode "rust" calls one of Tauri's own Rust commands."""
    return Peer(
        name="pytauri" if mode == "python" else "tauri-rust",
        argv=(sys.executable, str(HERE / "pytauri_peer" / "peer.py")),
        environment={"BENCH_MODE": mode},
    )


def measure(peer: Peer, config: Mapping[str, object]) -> dict[str, float]:
    """Run a peer once and return all it printed, and its memory when only its start is measured.

    Raises:
        RuntimeError: It ended without a report, or reported an error.
    """
    values: dict[str, object] = {
        "calls": 2000,
        "total": 10_000,
        "bytes": 0,
        "events": 0,
        "cold": False,
        "assets": "",
        **config,
    }
    if peer.name == "c-floor":
        _write_floor_page(values)
    environment = _environment | peer.environment | {"BENCH_CONFIG": json.dumps(dict(config))}
    environment["BENCH_START"] = repr(time.monotonic())
    process = subprocess.Popen(
        peer.argv, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    found: dict[str, float] = {}
    errors = ""
    try:
        if values["cold"]:
            assert process.stdout is not None
            found |= json.loads(process.stdout.readline() or "{}")
            time.sleep(SETTLE_SECONDS)
            found["pss_mb"] = pss_mb(process.pid)
        else:
            output, errors = process.communicate(timeout=RUN_SECONDS)
            for line in output.splitlines():
                if line.startswith("{"):
                    found |= json.loads(line)
    finally:
        process.kill()
        process.communicate()
    if "error" in found or "first_ms" not in found:
        message = f"{peer.name}: {found.get('error', 'no report')} {errors[-500:]}"
        raise RuntimeError(message)
    return found


def _write_floor_page(config: Mapping[str, object]) -> None:
    transport = """
const host = webkit.messageHandlers.floor, post = host.postMessage.bind(host);
const letters = { first: "f", start: "s", end: "e", quit: "q" };
runBench({ call: (name, args) => name === "noop" ? post("n" + JSON.stringify(args)).then(JSON.parse)
  : post(name === "report" ? "r" + JSON.stringify(args.report) : letters[name]) }, CONFIG);
"""
    script = (HERE / "bench.js").read_text() + transport.replace("CONFIG", json.dumps(dict(config)))
    page = f"<!doctype html><meta charset=utf-8><title>Bench</title><h1>Bench</h1><script>{script}</script>"
    (BUILD / "floor.html").write_text(page)


def _library(name: str) -> str:
    found = sorted(Path("/usr/lib").glob(f"*/lib{name}.so.*"))
    if not found:
        message = f"lib{name} is not installed"
        raise RuntimeError(message)
    return str(found[0])
