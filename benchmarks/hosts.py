"""What is measured without a window, or on artifacts: the gate, assets, builds and starts."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from functools import cache, partial
from pathlib import Path

import peers

ROOT = Path(__file__).resolve().parent.parent
HELLO = ROOT / "examples" / "hello"
MESSAGES = 3000
FURTHER = 100
ASSETS = 20_000
WARM_SECONDS = 3.0  # between two saves, as a person leaves
RESTARTED = re.compile(r"restarted in ([0-9.]+) s")


def gate_us() -> dict[str, float]:
    """Return the µs of decoding and admitting a message of one call, and of each further call."""
    one, many = _gate_seconds(1), _gate_seconds(1 + FURTHER)
    return {"message": round(one * 1e6, 2), "further_call": round((many - one) / FURTHER * 1e6, 3)}


def asset_first_byte_ms() -> float:
    """Return the median ms in which Python answers a request for an asset, among 20 000 assets."""
    from millennium.assets.protocol import AssetProtocol  # noqa: PLC0415 - after the set-up
    from millennium.context import Context  # noqa: PLC0415
    from millennium_runtime.request import Request  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder, "ui")
        pages.mkdir()
        Path(folder, "millennium.toml").write_text('identifier = "org.example.assets"\n')
        for number in range(ASSETS):
            (pages / f"{number}.txt").write_text("x" * 1000)
        protocol = AssetProtocol(Context.development(Path(folder)))
        request = Request(method="GET", uri=f"millennium://localhost/{ASSETS // 2}.txt")
        return round(_median_seconds(lambda: protocol.serve(request)) * 1000, 3)


@cache
def build_hello() -> dict[str, float | str]:
    """Build hello twice; return the second, warm build's answer, verification included."""
    argv = [sys.executable, "-m", "millennium", "build", "--json"]
    run = partial(
        subprocess.run, argv, cwd=HELLO, env=peers.environment(), stdout=subprocess.PIPE, check=True
    )
    run()
    start = time.monotonic()
    done = run()
    answer: dict[str, float | str] = json.loads(done.stdout)
    return answer | {"seconds": time.monotonic() - start}


def build_seconds() -> float:
    """Return the seconds of a warm build of hello, the command's own start included."""
    return round(float(build_hello()["seconds"]), 2)


def executable_bytes() -> int:
    """Return the size of hello."""
    return Path(str(build_hello()["executable"])).stat().st_size


def frozen_start_vs_source(rounds: int) -> float:
    """Return frozen over source: spawn to the verified first page, one after the other."""
    frozen = [str(build_hello()["executable"])]
    source = [sys.executable, str(HELLO / "src" / "hello" / "__main__.py")]
    ratios = [_verified_seconds(frozen) / _verified_seconds(source) for _ in range(rounds + 2)]
    return round(statistics.median(ratios), 3)


def dev_restart_seconds(rounds: int) -> float:
    """Return the median seconds from a saved Python file to the restarted app, as dev says."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "hello"
        shutil.copytree(HELLO, project, ignore=shutil.ignore_patterns("dist", "__pycache__"))
        main, log = project / "src" / "hello" / "__main__.py", Path(folder) / "dev.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "millennium", "dev"],
                cwd=project,
                env=peers.environment() | {"NO_COLOR": "1"},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            time.sleep(WARM_SECONDS)
            for _ in range(rounds):
                main.write_text(main.read_text() + "# saved\n")
                time.sleep(WARM_SECONDS)
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(20)
        found = [float(text) for text in RESTARTED.findall(log.read_text())]
    if not found:
        raise RuntimeError("millennium dev restarted nothing")
    return round(statistics.median(found), 2)


def _gate_seconds(calls: int) -> float:
    from millennium.ipc.command import Command, CommandRegistry  # noqa: PLC0415 - after the set-up
    from millennium.ipc.gate import Standing, admit  # noqa: PLC0415
    from millennium.ipc.wire import decode_batch  # noqa: PLC0415
    from millennium.security.handles import HandleTable  # noqa: PLC0415
    from millennium.security.tokens import TokenPad  # noqa: PLC0415
    from millennium_runtime.webview import MessageSource  # noqa: PLC0415

    registry = CommandRegistry()
    command = registry.add(_noop, name="noop", inline=True)
    handles: HandleTable[Command] = HandleTable()
    handle = handles.issue([("noop", command)])["noop"][0]
    pad = TokenPad()
    standing = Standing(
        label="main",
        document=1,
        is_trusted=True,
        pad=pad,
        handles=handles,
        granted=frozenset({"noop"}),
    )
    source = MessageSource(label="main", url="millennium://localhost/", document=1)
    items = ",".join(f'[{i},"{handle}",{{"n":{i}}}]' for i in range(calls))
    texts = [f"{token} [{items}]" for token in pad.issue(MESSAGES)]
    times = []
    for text in texts:
        start = time.perf_counter()
        admit(decode_batch(text), source, standing)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _noop(n: int) -> int:
    return n


def _median_seconds(work: object) -> float:
    times = []
    for _ in range(500):
        start = time.perf_counter()
        work()  # type: ignore[operator]  # a callable
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _verified_seconds(argv: list[str]) -> float:
    reader, writer = os.pipe()
    with (
        tempfile.TemporaryDirectory(prefix=secrets.token_hex(4)) as home,
        os.fdopen(reader) as answer,
    ):
        start = time.monotonic()
        process = subprocess.Popen(
            [*argv, f"--millennium-verify={writer}"],
            env=peers.environment() | {"HOME": home},
            pass_fds=(writer,),
        )
        os.close(writer)
        line = answer.readline()
        seconds = time.monotonic() - start
        process.wait(60)
    if not line:
        message = f"{argv[0]} did not start"
        raise RuntimeError(message)
    return seconds
