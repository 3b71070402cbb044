"""Python and JavaScript agree on the wire, message by message."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from millennium.errors import BadArgumentsError
from millennium.ipc.channel import Acknowledged, Channel
from millennium.ipc.encoding import encode_payload
from millennium.ipc.limits import PAGE_VALUES
from millennium.ipc.wire import (
    HELLO,
    ask_news,
    decode_batch,
    decode_extended,
    decode_verb,
    encode_message,
    error_news,
    event_news,
    forget_news,
    result_news,
    ticket_news,
)
from millennium.scripts.render import BridgeNames, render_bootstrap
from millennium.scripts.source import script_root

GOLDEN = json.loads(Path(__file__).with_name("wire.json").read_text(encoding="utf-8"))
NAMES = BridgeNames(hello="meet", sink="sink", handler="handler", world="world")


class Line:
    """Keeps the last piece of news of a channel."""

    news = b""

    has_room = True

    def post(self, channel: Acknowledged | None, news: bytes, *, wake: bool = True) -> None:
        self.news = news


def item_news(number: int, item: object) -> bytes:
    line = Line()
    channel = Channel[object](number, line)
    channel.send_nowait(item)
    return line.news


def end_news(number: int, item: object) -> bytes:
    line = Line()
    Channel[object](number, line).close()
    return line.news


ENCODERS: dict[str, Callable[[Any, Any], bytes]] = {
    "result": lambda key, value: result_news(key, encode_payload(value, "x")),
    "error": lambda key, value: error_news(key, BadArgumentsError(value["message"])),
    "item": item_news,
    "end": end_news,
    "event": lambda key, value: event_news(
        key, encode_payload(value["payload"], "x"), value["source"], value.get("origin", "")
    ),
    "ticket": ticket_news,
    "question": ask_news,
    "forget": lambda key, names: forget_news(names),
}


def test_the_greeting_is_the_same() -> None:
    assert GOLDEN["hello"] == HELLO


def test_the_limits_are_the_same() -> None:
    assert GOLDEN["limits"] == PAGE_VALUES


@pytest.mark.parametrize("name", sorted(GOLDEN["from_page"]))
def test_python_reads_what_the_page_writes(name: str) -> None:
    text = GOLDEN["from_page"][name]
    batch = decode_batch(text)
    number, token, body = text.split(" ", 2)

    assert (batch.number, batch.token) == (int(number), token)
    assert [[key, handle, json.loads(bytes(raw))] for key, handle, raw in batch.items] == (
        json.loads(body)
    )


@pytest.mark.parametrize("name", ["cancel", "ack", "close", "unknown", "verify", "ready", "answer"])
def test_python_knows_every_verb_of_the_page(name: str) -> None:
    ((_, handle, raw),) = decode_batch(GOLDEN["from_page"][name]).items

    assert handle == ""
    assert type(decode_verb(raw)).__name__.lower() == name


@pytest.mark.parametrize(("name", "length"), [("headers", -1), ("bytes", 3)])
def test_python_reads_the_long_form_of_the_page(name: str, length: int) -> None:
    ((_, _, raw),) = decode_batch(GOLDEN["from_page"][name]).items
    extended = decode_extended(raw)

    assert extended is not None
    assert extended.length == length


@pytest.mark.parametrize("name", sorted(GOLDEN["to_page"]))
def test_python_writes_what_the_page_reads(name: str) -> None:
    golden = GOLDEN["to_page"][name]
    news = [ENCODERS[kind](key, value) for kind, key, value in golden["news"]]

    assert encode_message(golden["sequence"], golden["head"], news) == golden["text"]


def test_the_page_does_the_same_with_the_bootstrap_as_it_is_injected(tmp_path: Path) -> None:
    node = shutil.which("node")
    assert node, "Node 18 or later runs the page's tests"
    values = {**PAGE_VALUES, "LABEL": "main", "URL": "millennium://localhost/__millennium/ipc/"}
    page, world = render_bootstrap(NAMES, values)
    (tmp_path / "page.js").write_text(page, encoding="utf-8")
    (tmp_path / "world.js").write_text(world, encoding="utf-8")
    tests = sorted(str(path) for path in (cast("Path", script_root()) / "tests").glob("*.test.js"))

    done = subprocess.run(
        [node, "--test", *tests],
        env={"MILLENNIUM_BOOTSTRAP": str(tmp_path), "PATH": str(Path(node).parent)},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )

    assert done.returncode == 0, done.stdout
