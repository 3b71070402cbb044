"""What may go wrong in a call has a code in the page, and the app goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from millennium import App, Channel, CommandError, Window
from millennium.errors import BadSignatureError, ChannelClosedError, DuplicateCommandError
from millennium.ipc.limits import MAX_JSON_BYTES
from millennium.testing import InvokeError, MockApp, assert_refused, invoke, mock_app
from millennium_runtime.errors import WindowClosedError

SECRET = "xyzzy"
KINDS = ["inline", "pool", "async"]


class Unencodable:
    """Has no JSON form."""


def raises() -> None:
    raise RuntimeError(SECRET)


def exits() -> None:
    raise SystemExit(3)


def refuses() -> None:
    raise CommandError("notes.missing", "There is no such note.")


def unencodable() -> object:
    return Unencodable()


def huge() -> str:
    return "x" * (MAX_JSON_BYTES + 1)


def deep() -> list[object]:
    nested: list[object] = []
    nested.append(nested)
    return nested


def add(app: App, function: Callable[[], object], kind: str) -> None:
    """Make a function a command of one of the three kinds."""

    async def awaited() -> object:
        return function()

    if kind == "async":
        app.command(name=function.__name__)(awaited)
    else:
        app.command(name=function.__name__, inline=kind == "inline")(function)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def running(kind: str) -> Iterator[MockApp]:
    app = App()
    add(app, raises, kind)
    add(app, exits, kind)
    add(app, refuses, kind)
    add(app, unencodable, kind)
    add(app, huge, kind)
    add(app, deep, kind)
    app.command(name="alive")(lambda: True)
    app.command(name="takes")(takes)
    with mock_app(app, windows=[{"label": "main"}, {"label": "other"}]) as running:
        yield running
        assert invoke(running, "alive") is True, "the app is still running"


def takes(number: int, text: str = "") -> str:
    return text * number


FAILURES = [
    (raises, "command.failed"),
    (exits, "command.failed"),
    (refuses, "notes.missing"),
    (unencodable, "command.bad_result"),
    (huge, "ipc.too_large"),
    (deep, "command.bad_result"),
]


@pytest.mark.parametrize(
    ("function", "code"), FAILURES, ids=[function.__name__ for function, _ in FAILURES]
)
def test_a_command_that_fails_has_a_code(
    running: MockApp, function: Callable[[], object], code: str
) -> None:
    with assert_refused(code):
        invoke(running, function.__name__)


def test_a_page_never_sees_why_a_command_failed(running: MockApp) -> None:
    with pytest.raises(InvokeError) as refused:
        invoke(running, "raises")
    assert SECRET not in refused.value.message
    assert "Traceback" not in refused.value.message


@pytest.mark.parametrize(
    "args",
    [{}, {"number": "1"}, {"number": 1, "other": 2}, {"number": None}, {"number": 1.5}],
    ids=["missing", "wrong", "extra", "null", "fraction"],
)
def test_arguments_that_do_not_fit_are_refused(running: MockApp, args: dict[str, object]) -> None:
    with assert_refused("command.bad_args"):
        running.page().invoke("takes", args)


def test_a_message_of_arguments_names_the_field_not_the_value(running: MockApp) -> None:
    with pytest.raises(InvokeError) as refused:
        running.page().invoke("takes", {"number": SECRET})
    assert "number" in refused.value.message
    assert SECRET not in refused.value.message


def test_arguments_over_the_limit_are_refused(running: MockApp) -> None:
    with assert_refused("ipc.too_large"):
        invoke(running, "takes", number=1, text="x" * (MAX_JSON_BYTES + 1))


def test_bytes_where_none_are_expected_are_refused(running: MockApp) -> None:
    with assert_refused("command.bad_args"):
        invoke(running, "takes", number=b"1")


def test_an_unknown_command_is_refused_like_a_forbidden_one(running: MockApp) -> None:
    with pytest.raises(InvokeError) as unknown:
        invoke(running, "nothing")
    with pytest.raises(InvokeError) as forbidden:
        invoke(running, "app.exit")
    assert unknown.value.to_page() == forbidden.value.to_page()


def test_a_call_after_its_window_closed_is_told_so(running: MockApp) -> None:
    window = running.handle.window("other")
    window.destroy()
    with pytest.raises(WindowClosedError):
        window.title()


@pytest.mark.parametrize(
    "path",
    ["/../pyproject.toml", "/%2e%2e/pyproject.toml", "/a/../../x", "/..%5cx", "/%00"],
)
def test_a_path_that_climbs_out_of_the_assets_is_refused(running: MockApp, path: str) -> None:
    answer = running.runtime.window().fetch(f"millennium://localhost{path}").wait()
    assert answer.status in {403, 404}
    assert "code" in answer.text


def test_a_channel_of_a_closed_window_tells_its_sender(kind: str) -> None:
    app = App()
    outcome: list[Exception] = []
    begun, closed, told = threading.Event(), threading.Event(), threading.Event()

    @app.command
    def stream(to: Channel[int]) -> None:
        begun.set()
        closed.wait(5)
        try:
            to.send_nowait(1)
        except ChannelClosedError as error:
            outcome.append(error)
        told.set()

    with mock_app(app, windows=[{"label": "main"}, {"label": "other"}]) as running:
        page = running.page("other")
        page.start("stream", {"to": page.channel()})
        assert begun.wait(5)
        running.handle.window("other").destroy()
        running.handle.run_on_main(lambda: None)
        closed.set()
        assert told.wait(5)
    assert [error.code for error in map(_as_channel_error, outcome)] == ["channel.closed"]


def _as_channel_error(error: Exception) -> ChannelClosedError:
    assert isinstance(error, ChannelClosedError)
    return error


def test_a_call_in_flight_when_its_window_closes_is_dropped() -> None:
    app = App()
    begun, closed = threading.Event(), threading.Event()

    @app.command
    def slow(window: Window) -> str:
        begun.set()
        closed.wait(5)
        return window.label

    app.command(name="alive")(lambda: True)
    with mock_app(app, windows=[{"label": "main"}, {"label": "other"}]) as running:
        running.page("other").start("slow")
        assert begun.wait(5)
        running.handle.window("other").destroy()
        running.handle.run_on_main(lambda: None)
        closed.set()
        assert invoke(running, "alive") is True


def test_an_unresolvable_annotation_is_refused_at_once_by_name() -> None:
    def greet(name: Missing) -> str:  # type: ignore[name-defined] # noqa: F821
        return str(name)

    app = App()
    with pytest.raises(BadSignatureError, match="'name'"):
        app.command(greet)
    app.command(name="alive")(lambda: True)
    assert invoke(app, "alive") is True


def test_a_duplicate_is_refused_and_the_first_stays() -> None:
    app = App()
    app.command(name="one")(lambda: 1)
    with pytest.raises(DuplicateCommandError):
        app.command(name="one")(lambda: 2)
    assert invoke(app, "one") == 1
