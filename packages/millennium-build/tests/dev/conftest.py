"""An app that speaks the development door's language and needs no display."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_build.dev.process import Start

APP = """
import json, os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_DFL)
option = next(word for word in sys.argv if word.startswith("--millennium-source="))
value = option.partition("=")[2]
if value == "release":
    print("released", sys.argv[2:], __package__ or "no package")
    sys.exit(7)
reader, writer = (int(number) for number in value.split(","))
orders, answers = os.fdopen(reader, "rb"), os.fdopen(writer, "wb")

def say(**message):
    answers.write(json.dumps(message).encode() + b"\\n")
    answers.flush()

start = json.loads(orders.readline())
say(say="started", windows=start["windows"], pid=os.getpid(), warm="colorsys" in sys.modules)
answers.write(b"not json\\n")
say(say="shown", modules=["colorsys", "no_such_module"])
{extra}
for line in orders:
    order = json.loads(line)["do"]
    if order == "state":
        say(say="state", windows=[{{"label": "main", "pid": os.getpid()}}])
    if order == "reload":
        say(say="reloaded")
    if order == "exit":
        break
"""


@pytest.fixture
def make_start(tmp_path: Path) -> Callable[..., Start]:
    """Writes the app, with a line of its own, and says how it is started."""

    def make(extra: str = "", *, name: str = "main.py", arguments: tuple[str, ...] = ()) -> Start:
        main = tmp_path / name
        main.parent.mkdir(parents=True, exist_ok=True)
        main.write_text(APP.format(extra=extra))
        return Start(python=Path(sys.executable), main=main, arguments=arguments)

    return make
