"""Calls of all three kinds: arguments, results, errors, cancellation; each answered once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from millennium.errors import CommandError
from millennium.ipc import dispatch
from millennium.ipc.channel import Channel
from millennium.ipc.command import CommandRegistry
from millennium.ipc.invoke import Invoke, Request
from millennium.ipc.limits import INLINE_JSON_CHARS, MAX_JSON_BYTES
from millennium_runtime.errors import WindowClosedError


@dataclass
class Note:
    title: str
    path: Path
    tags: tuple[str, ...] = ()


class Odd:
    pass


def save(note: Note) -> Note:
    return note


async def save_later(note: Note) -> Note:
    return note


@pytest.mark.parametrize("inline", [True, False], ids=["inline", "pool"])
def test_arguments_and_results_are_typed(make_room, inline: bool) -> None:
    page = make_room(save, inline=inline).open()
    page.call(1, "save", {"note": {"title": "a", "path": "/b", "tags": ["c"]}})

    assert page.result(1) == {"title": "a", "path": "/b", "tags": ["c"]}


def test_coroutines_are_awaited(make_room) -> None:
    page = make_room(save_later, inline=False).open()
    page.call(1, "save_later", {"note": {"title": "a", "path": "/b", "tags": []}})

    assert page.result(1) == {"title": "a", "path": "/b", "tags": []}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({}, "save: Object missing required field `note`"),
        ({"note": {"title": 1, "path": "x"}}, "Expected `str`, got `int` - at `$.note.title`"),
        ({"note": {"title": "a", "path": "x"}, "more": 1}, "unknown field `more`"),
        ({"note": {"title": "a", "path": 1}}, "save: "),
    ],
    ids=["missing", "wrong", "extra", "hook"],
)
def test_arguments_that_do_not_fit_name_their_field(make_room, args, message: str) -> None:
    page = make_room(save).open()
    page.call(1, "save", args)

    assert page.error(1)["code"] in ("command.bad_args", "command.failed")
    assert (
        message.split(":", maxsplit=1)[0] in page.error(1)["message"]
        or "log" in page.error(1)["message"]
    )


def app_error() -> None:
    raise CommandError("notes.gone", "there is no such note")


def unforeseen() -> None:
    raise KeyError("/etc/secret")


def leaves() -> None:
    raise SystemExit(3)


def runtime_error() -> None:
    raise WindowClosedError("window 'x' is closed")


async def async_unforeseen() -> None:
    raise KeyError("/etc/secret")


async def async_leaves() -> None:
    raise SystemExit(3)


FAILURES = pytest.mark.parametrize(
    ("function", "code"),
    [
        (app_error, "notes.gone"),
        (unforeseen, "command.failed"),
        (leaves, "command.failed"),
        (runtime_error, "runtime.window_closed"),
    ],
    ids=["own", "unforeseen", "exit", "runtime"],
)


@FAILURES
@pytest.mark.parametrize("inline", [True, False], ids=["inline", "pool"])
def test_what_a_command_raises_reaches_the_page_as_code_and_message(
    make_room, function: Callable[[], None], code: str, inline: bool
) -> None:
    page = make_room(function, inline=inline).open()
    page.call(1, function.__name__, {})

    assert page.error(1)["code"] == code
    assert {*page.error(1)} == {"code", "message"}
    assert "secret" not in page.error(1)["message"]


@pytest.mark.parametrize("function", [async_unforeseen, async_leaves])
def test_a_coroutine_that_raises_leaves_the_loop_running(make_room, function) -> None:
    page = make_room(function, save_later, inline=False).open()
    page.call(1, function.__name__, {})
    page.call(2, "save_later", {"note": {"title": "a", "path": "/b"}})

    assert page.error(1)["code"] == "command.failed"
    assert page.result(2)


def test_the_page_and_the_log_share_an_id(make_room, caplog: pytest.LogCaptureFixture) -> None:
    page = make_room(unforeseen).open()
    page.call(1, "unforeseen", {})
    log_id = page.error(1)["message"].partition("[")[2]

    assert log_id in caplog.text
    assert "/etc/secret" in caplog.text


def returns_odd():
    return Odd()


def returns_a_loop():
    loop: list[object] = []
    loop.append(loop)
    return loop


def returns_a_surrogate():
    return "\ud800"


@pytest.mark.parametrize("function", [returns_odd, returns_a_loop, returns_a_surrogate])
def test_a_result_json_cannot_carry_is_said(make_room, function) -> None:
    page = make_room(function).open()
    page.call(1, function.__name__, {})

    assert page.error(1)["code"] == "command.bad_result"


# ── bytes and large JSON


def size(data: bytes, tag: str = "") -> str:
    return f"{len(data)}{tag}"


def length(text: str) -> int:
    return len(text)


def text_of(n: int) -> str:
    return "x" * n


def bytes_of(n: int) -> bytes:
    return b"y" * n


def view_of(n: int) -> memoryview:
    return memoryview(b"y" * n)


def test_bytes_arrive_raw_beside_typed_arguments(make_room) -> None:
    page = make_room(size).open()
    page.call(1, "size", [{}, {"tag": "!"}, 3, False])
    answer = page.fetch("POST", page.ticket(1), b"abc")

    assert answer.status == 204
    assert page.result(1) == "3!"


def test_the_page_may_name_the_parameter_of_the_bytes(make_room) -> None:
    page = make_room(size).open()
    page.call(1, "size", [{}, {"tag": "!", "data": None}, 0, False])
    page.fetch("POST", page.ticket(1))

    assert page.result(1) == "0!"


def test_bytes_under_another_name_are_refused(make_room) -> None:
    page = make_room(size).open()
    page.call(1, "size", [{}, {"date": None}, 0, False])
    page.fetch("POST", page.ticket(1))

    assert "unknown field `date`" in page.error(1)["message"]


@pytest.mark.parametrize("function", [size, length])
def test_json_where_bytes_are_expected_is_refused_and_the_reverse(make_room, function) -> None:
    page = make_room(size, length).open()
    page.call(1, "size", {"tag": "x"})
    page.call(2, "length", [{}, {}, 3, False])
    page.fetch("POST", page.ticket(2), b"abc")

    assert page.error(1)["message"] == "size: bytes expected"
    assert page.error(2)["message"] == "length: JSON expected, not bytes"


@pytest.mark.parametrize("inline", [True, False], ids=["inline", "pool"])
def test_large_json_comes_by_ticket(make_room, inline: bool) -> None:
    body = b'{"text":"%b"}' % (b"x" * INLINE_JSON_CHARS)
    page = make_room(length, inline=inline).open()
    page.call(1, "length", [{}, {}, len(body), True])
    page.fetch("POST", page.ticket(1), body)

    assert page.result(1) == INLINE_JSON_CHARS


def test_large_json_that_is_no_json_answers_its_call(make_room) -> None:
    page = make_room(length).open()
    page.call(1, "length", [{}, {}, 3, True])
    page.fetch("POST", page.ticket(1), b"[1,")

    assert page.error(1)["code"] == "command.bad_args"


@pytest.mark.parametrize("function", [bytes_of, view_of])
def test_a_result_of_bytes_is_fetched_raw(make_room, function) -> None:
    page = make_room(function).open()
    page.call(1, function.__name__, {"n": 5})
    answer = page.fetch("GET", page.ticket(1))

    assert answer.body == b"yyyyy"
    assert ("content-type", "application/octet-stream") in answer.headers


def test_a_large_result_is_fetched_as_json(make_room) -> None:
    page = make_room(text_of).open()
    page.call(1, "text_of", {"n": INLINE_JSON_CHARS})
    answer = page.fetch("GET", page.ticket(1))

    assert answer.body == b'"%b"' % (b"x" * INLINE_JSON_CHARS)
    assert ("content-type", "application/json") in answer.headers


def test_a_result_over_the_limit_is_said(make_room) -> None:
    page = make_room(text_of).open()
    page.call(1, "text_of", {"n": MAX_JSON_BYTES})

    assert page.error(1)["code"] == "ipc.too_large"


@pytest.mark.parametrize(
    "announced", [[2**30 + 1, False], [MAX_JSON_BYTES + 1, True]], ids=["bytes", "json"]
)
def test_an_argument_over_the_limit_gets_no_ticket(make_room, announced: list[object]) -> None:
    page = make_room(size).open()
    page.call(1, "size", [{}, {}, *announced])

    assert page.error(1)["code"] == "ipc.too_large"


def test_a_malformed_long_form_answers_its_call(make_room) -> None:
    page = make_room(size).open()
    page.call(1, "size", [1, 2])

    assert page.error(1)["code"] == "ipc.malformed"


# ── what the host hands in


class Window:
    def __init__(self, label: str) -> None:
        self.label = label


def test_injected_arguments_know_their_call(make_room) -> None:
    seen: list[Invoke] = []

    def window(invoke: Invoke) -> Window:
        seen.append(invoke)
        return Window(invoke.label)

    registry = CommandRegistry({Window: window})

    def label(window: Window, *, loud: bool = False) -> str:
        return window.label.upper() if loud else window.label

    registry.add(label, inline=True)
    room = make_room(registry=registry)
    page = room.open()
    page.call(1, "label", {"loud": True})

    assert page.result(1) == "MAIN"
    assert (seen[0].command, seen[0].document, seen[0].bridge) == ("label", 1, room.bridge)


def test_the_page_cannot_pass_an_injected_argument(make_room) -> None:
    registry = CommandRegistry({Window: lambda invoke: Window(invoke.label)})

    def label(window: Window) -> str:
        return window.label

    registry.add(label, inline=True)
    page = make_room(registry=registry).open()
    page.call(1, "label", {"window": {"label": "x"}})

    assert page.error(1)["code"] == "command.bad_args"


def test_an_injector_that_fails_answers_the_call(make_room) -> None:
    registry = CommandRegistry({Window: lambda invoke: 1 / 0})

    def label(window: Window) -> str:
        return window.label

    registry.add(label, inline=True)
    page = make_room(registry=registry).open()
    page.call(1, "label", {})

    assert page.error(1)["code"] == "command.failed"


def describe(request: Request) -> list[object]:
    return [request.headers, request.body.decode(), request.is_bytes, request.source.label]


def test_a_request_has_the_raw_json_and_the_headers(make_room) -> None:
    page = make_room(describe).open()
    page.call(1, "describe", [{"x-a": "1"}, {"any": 1}])

    assert page.result(1) == [{"x-a": "1"}, '{"any": 1}', False, "main"]


def test_a_request_has_the_raw_bytes(make_room) -> None:
    page = make_room(describe).open()
    page.call(1, "describe", [{}, {}, 2, False])
    page.fetch("POST", page.ticket(1), b"hi")

    assert page.result(1) == [{}, "hi", True, "main"]


def test_an_optional_channel_may_be_left_out(make_room) -> None:
    def f(to: Channel[int] | None = None) -> bool:
        return to is None

    page = make_room(f).open()
    page.call(1, "f", {})
    page.call(2, "f", {"to": "channel:3"})

    assert (page.result(1), page.result(2)) == (True, False)


@pytest.mark.parametrize("text", ["x", "channel:", "channel:-1", "channel:1e9", ""])
def test_what_is_no_channel_is_refused(make_room, text: str) -> None:
    def f(to: Channel[int]) -> None: ...

    page = make_room(f).open()
    page.call(1, "f", {"to": text})

    assert page.error(1)["code"] == "command.bad_args"


# ── cancellation


def test_an_aborted_coroutine_is_cancelled_and_not_answered(make_room) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    async def wait() -> int:
        begun.set()
        try:
            await asyncio.sleep(30)
        finally:
            cancelled.set()
        return 1

    page = make_room(wait, inline=False).open()
    page.call(1, "wait", {})
    assert begun.wait(5)
    page.batch([1, "", ["cancel"]])

    assert cancelled.wait(5)
    time.sleep(0.01)
    page.read()
    assert not page.settled(1)


def test_an_aborted_call_closes_its_channel(make_room) -> None:
    kept: list[Channel[int]] = []

    async def wait(to: Channel[int]) -> None:
        kept.append(to)
        await asyncio.sleep(30)

    page = make_room(wait, inline=False).open()
    page.call(1, "wait", {"to": "channel:9"})
    page.wait(lambda: kept)
    page.batch([1, "", ["cancel"]])

    assert kept[0].is_closed


def test_an_aborted_call_that_waits_for_the_pool_never_runs(make_room) -> None:
    gate = threading.Event()
    ran: list[int] = []

    def block() -> None:
        gate.wait(5)

    def run(n: int) -> None:
        ran.append(n)

    page = make_room(block, run, inline=False).open()
    page.batch(*([n, page.handles["block"][0], {}] for n in range(10, 14)))
    page.batch([1, page.handles["run"][0], {"n": 1}], [2, page.handles["run"][0], {"n": 2}])
    page.batch([1, "", ["cancel"]])
    gate.set()
    page.wait(lambda: page.settled(2))

    assert ran == [2]


def test_a_late_result_is_dropped(make_room) -> None:
    gate, ended = threading.Event(), threading.Event()

    def block() -> bytes:
        gate.wait(5)
        ended.set()
        return b"late"

    room = make_room(block, inline=False)
    page = room.open()
    page.call(1, "block", {})
    page.batch([1, "", ["cancel"]])
    gate.set()
    assert ended.wait(5)
    time.sleep(0.01)
    page.read()

    assert not page.settled(1)


def test_a_late_error_is_dropped(make_room) -> None:
    gate, ended = threading.Event(), threading.Event()

    def block() -> None:
        gate.wait(5)
        ended.set()
        raise CommandError("late", "late")

    page = make_room(block, inline=False).open()
    page.call(1, "block", {})
    page.batch([1, "", ["cancel"]])
    gate.set()
    assert ended.wait(5)
    time.sleep(0.01)
    page.read()

    assert not page.settled(1)


def test_a_coroutine_aborted_before_it_began_never_runs(make_room) -> None:
    ran: list[int] = []

    async def run() -> None:
        ran.append(1)

    async def last() -> None: ...

    page = make_room(run, last, inline=False).open()
    page.batch([1, page.handles["run"][0], {}], [1, "", ["cancel"]])
    page.call(2, "last", {})
    page.wait(lambda: page.settled(2))

    assert ran == []


def test_a_coroutine_that_cancels_itself_is_answered(make_room) -> None:
    async def give_up() -> None:
        raise asyncio.CancelledError

    page = make_room(give_up, inline=False).open()
    page.call(1, "give_up", {})

    assert page.error(1)["code"] == "command.aborted"


def test_cancelling_what_is_over_does_nothing(make_room) -> None:
    page = make_room(length).open()
    page.call(1, "length", {"text": "a"})
    page.batch([1, "", ["cancel"]])

    assert page.result(1) == 1


def test_an_id_in_use_is_refused(make_room) -> None:
    async def wait() -> None:
        await asyncio.sleep(30)

    page = make_room(wait, inline=False).open()
    page.call(1, "wait", {})
    page.call(1, "wait", {})

    assert page.error(1)["code"] == "ipc.too_large"


def test_too_many_unanswered_calls_are_refused(make_room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "MAX_RUNNING_CALLS", 1)

    async def wait() -> None:
        await asyncio.sleep(30)

    page = make_room(wait, inline=False).open()
    page.call(1, "wait", {})
    page.call(2, "wait", {})

    assert page.error(2)["code"] == "ipc.too_large"
