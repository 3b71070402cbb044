"""Opens its windows one after the other; each page watches, or attacks, how it is asked.

A window named ``twice`` lacks what makes a question answered once, ``stays`` what takes its names
away: the controls.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from millennium import App, AppHandle, Channel, Window
from millennium.config.window import WindowConfig
from millennium.errors import MillenniumError, NotAllowedError
from millennium.ipc.question import Questions
from millennium.scripts.render import BridgeNames

bridge: Any = importlib.import_module("millennium.ipc.bridge")

WINDOWS = ("quiet", "leaves", "forge", "both", "keep", "nail", "twice", "stays")
PAGES = {"quiet": "quiet", "short": "quiet", "leaves": "leaves"}
ONCE = re.compile(r"if\((\w+)\)\{\1=0;(\w+\(\));f\(a,b\)\}")
WEAKENED = {"twice": r"{\2;f(a,b)}", "stays": r"if(\1){\1=0;f(a,b)}"}
AT_ONCE = 100

IS_SEALED = "sealed" in sys.argv

app = App()
command = partial(app.command, sealed=IS_SEALED)
results: dict[str, object] = {}
told: Counter[str] = Counter()
waiting: Iterator[str] = iter(())
left: asyncio.Queue[str] = asyncio.Queue()
asking: list[asyncio.Task[None]] = []


@command()
async def ask(window: Window, script: str, args: object = None, timeout: float = 10.0) -> object:
    """Ask the calling page; the answer, or the code of the error."""
    try:
        return await window.aio.ask_page(script, args, timeout=timeout)
    except MillenniumError as error:
        return f"{error.code}: {error.message}"


@command()
async def leave(window: Window) -> None:
    """Ask for what makes the page go away; this call ends with the page, so it asks in another."""
    script = "() => { location.reload(); return new Promise(() => {}); }"

    async def note() -> None:
        left.put_nowait(str(await ask(window, script)))

    asking.append(asyncio.create_task(note()))


@command()
async def outcome() -> str:
    return await asyncio.wait_for(left.get(), 10)


@command()
async def ask_many(window: Window, times: int) -> dict[str, float]:
    """Ask so many times, some at once; how many answers were right, and how long one took."""
    begin, right = time.perf_counter(), 0
    for first in range(0, times, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, times))
        answers = await asyncio.gather(*(window.aio.ask_page("(n) => n + 1", n) for n in numbers))
        right += sum(answer == n + 1 for n, answer in zip(numbers, answers, strict=True))
    return {"right": right, "microseconds": (time.perf_counter() - begin) / times * 1e6}


@command()
async def ask_slowly(window: Window, times: int) -> float:
    """Ask one after the other; the median of a round trip in microseconds."""
    taken = []
    for number in range(times):
        begin = time.perf_counter()
        await window.aio.ask_page("(n) => n", number)
        taken.append(time.perf_counter() - begin)
    return sorted(taken)[times // 2] * 1e6


@command()
async def echo(number: int) -> int:
    return number


@app.command
def count(to: Channel[int], items: int) -> None:
    for number in range(items):
        to.send_blocking(number)


@command(inline=True)
def emit(window: Window) -> None:
    window.emit("once:more")


@command()
async def doze(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "late"


@app.command(inline=True)
def how_often() -> dict[str, int]:
    """How many answers of this window were taken, and refused."""
    return dict(told)


@app.command(inline=True)
def report(window: Window, result: dict[str, object]) -> None:
    results[window.label] = result
    app.handle.post(lambda: open_next(window))


def open_next(window: Window | None) -> None:
    label = next(waiting, "")
    if not label:
        print(json.dumps(results), flush=True)
        app.handle.exit(0)
        return
    told.clear()
    page = PAGES.get(label, "hostile")
    app.handle.create_window(WindowConfig(label=label, url=f"{page}.html"))
    if window is not None:
        window.destroy()


@app.setup
def begin(_handle: AppHandle) -> None:
    open_next(None)


def listen() -> None:
    """Count what is taken as an answer, and what is refused."""
    answer = Questions.answer

    def counted(self: Questions, number: int, is_result: bool, text: str) -> None:
        try:
            answer(self, number, is_result, text)
        except NotAllowedError:
            told["refused"] += 1
            raise
        told["taken"] += 1

    Questions.answer = counted  # type: ignore[method-assign]


def weaken() -> None:
    render = bridge.render_bootstrap

    def weak(names: BridgeNames, values: Mapping[str, object]) -> tuple[str, str]:
        page, world = render(names, values)
        change = WEAKENED.get(str(values["LABEL"]))
        if change is None:
            return page, world
        page, found = ONCE.subn(change, page)
        if found != 1:
            message = "the bootstrap has changed: its siblings are not in it once"
            raise LookupError(message)
        return page, world

    bridge.render_bootstrap = weak


if __name__ == "__main__":
    waiting = iter([word for word in sys.argv[1:] if word in (*WINDOWS, "short")] or WINDOWS)
    listen()
    weaken()
    app.run()
