"""Calls of all three kinds: arguments, results, errors, what the host hands in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from millennium.errors import CommandError
from millennium.ipc.channel import Channel
from millennium.ipc.command import CommandRegistry
from millennium.ipc.invoke import Invoke, Request
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


def returns_odd_inside():
    return {"rows": [Odd()]}


def forgets_await():
    async def later() -> int:
        return 1

    return later()


@pytest.mark.filterwarnings("ignore:coroutine")
@pytest.mark.parametrize(
    ("function", "message"),
    [
        (returns_odd, "the result, a Odd, has no JSON form"),
        (returns_odd_inside, "the result has a Odd in it, which has no JSON form"),
        (forgets_await, "the result, a coroutine, has no JSON form: await it"),
    ],
    ids=["itself", "inside", "coroutine"],
)
def test_the_type_that_has_no_form_is_named_in_one_line(
    make_room, caplog: pytest.LogCaptureFixture, function, message: str
) -> None:
    page = make_room(function).open()
    page.call(1, function.__name__, {})

    assert page.error(1)["message"] == message
    assert [record.exc_info for record in caplog.records] == [None]
    assert caplog.messages == [f"command {function.__name__}: {message}"]


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
