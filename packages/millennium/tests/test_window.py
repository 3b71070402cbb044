"""A window from the app's Python code, on the main thread, on others and in coroutines."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from millennium.testing import MockApp, mock_app
from millennium.window import Window
from millennium_runtime.dialog import MessageDialog
from millennium_runtime.dpi import LogicalPosition, LogicalSize, PhysicalPosition, PhysicalSize
from millennium_runtime.errors import UnsupportedError, WindowClosedError
from millennium_runtime.run_event import CloseRequested, WindowEventKind


@pytest.fixture
def running() -> Iterator[MockApp]:
    with mock_app(windows=[{"label": "main", "devtools": True}, {"label": "other"}]) as running:
        yield running


@pytest.fixture
def window(running: MockApp) -> Window:
    return running.handle.window()


CHANGES: list[tuple[str, tuple[object, ...], str, object]] = [
    ("set_title", ("New",), "title", "New"),
    ("set_size", (LogicalSize(300, 200),), "inner_size", PhysicalSize(300, 200)),
    ("set_position", (PhysicalPosition(7, 8),), "outer_position", PhysicalPosition(7, 8)),
    ("hide", (), "is_visible", False),
    ("show", (), "is_visible", True),
    ("minimize", (), "is_minimized", True),
    ("unminimize", (), "is_minimized", False),
    ("maximize", (), "is_maximized", True),
    ("unmaximize", (), "is_maximized", False),
    ("set_fullscreen", (True,), "is_fullscreen", True),
    ("set_resizable", (False,), "is_resizable", False),
    ("set_decorations", (False,), "is_decorated", False),
    ("set_focus", (), "is_focused", True),
]
IDS = [change[0] for change in CHANGES]


@pytest.mark.parametrize(("change", "args", "look", "expected"), CHANGES, ids=IDS)
def test_a_change_is_seen_at_once(
    window: Window, change: str, args: tuple[object, ...], look: str, expected: object
) -> None:
    getattr(window, change)(*args)
    assert getattr(window, look)() == expected


@pytest.mark.parametrize(("change", "args", "look", "expected"), CHANGES, ids=IDS)
def test_a_coroutine_sees_a_change_at_once(
    window: Window, change: str, args: tuple[object, ...], look: str, expected: object
) -> None:
    async def act() -> object:
        await getattr(window.aio, change)(*args)
        return await getattr(window.aio, look)()

    assert asyncio.run(act()) == expected


def test_limits_hold_until_they_are_taken_away(window: Window, running: MockApp) -> None:
    window.set_min_size(LogicalSize(200, 100))
    window.set_max_size(LogicalSize(400, 300))
    running.runtime.window().resize(LogicalSize(1000, 50))
    assert window.inner_size() == PhysicalSize(400, 100)
    window.set_min_size(None)
    window.set_max_size(None)
    running.runtime.window().resize(LogicalSize(1000, 50))
    assert window.inner_size() == PhysicalSize(1000, 50)


def test_a_coroutine_sets_limits_too(window: Window, running: MockApp) -> None:
    async def limit() -> None:
        await window.aio.set_min_size(LogicalSize(200, 100))
        await window.aio.set_max_size(LogicalSize(400, 300))

    asyncio.run(limit())
    running.runtime.window().resize(LogicalSize(1000, 50))
    assert window.inner_size() == PhysicalSize(400, 100)


def test_center_moves_it_to_the_middle(window: Window) -> None:
    window.set_position(LogicalPosition(0, 0))
    window.center()
    centered = window.outer_position()
    window.set_position(LogicalPosition(0, 0))
    asyncio.run(window.aio.center())
    assert window.outer_position() == centered != PhysicalPosition(0, 0)


PLAIN = ("scale_factor", "outer_size", "inner_position", "current_monitor", "theme", "url")


@pytest.mark.parametrize("name", PLAIN)
def test_both_forms_return_the_same(window: Window, name: str) -> None:
    async def ask() -> object:
        return await getattr(window.aio, name)()

    assert asyncio.run(ask()) == getattr(window, name)()


QUIET: list[tuple[str, tuple[object, ...]]] = [
    ("set_always_on_top", (True,)),
    ("set_skip_taskbar", (True,)),
    ("request_user_attention", (True,)),
    ("start_dragging", ()),
    ("open_devtools", ()),
    ("close_devtools", ()),
    ("reload", ()),
    ("navigate", ("millennium://localhost/",)),
]


@pytest.mark.parametrize(("name", "args"), QUIET, ids=[name for name, _ in QUIET])
def test_what_cannot_be_read_back_is_passed_on(
    window: Window, name: str, args: tuple[object, ...]
) -> None:
    async def ask() -> None:
        await getattr(window.aio, name)(*args)

    getattr(window, name)(*args)
    asyncio.run(ask())


def test_devtools_stay_closed_in_a_release(running: MockApp) -> None:
    with pytest.raises(UnsupportedError):
        running.handle.window("other").open_devtools()


def test_it_says_its_label(window: Window) -> None:
    assert (window.label, repr(window)) == ("main", "Window('main')")


def test_a_closed_window_says_so(window: Window, running: MockApp) -> None:
    window.destroy()
    with pytest.raises(WindowClosedError):
        window.title()
    with pytest.raises(WindowClosedError):
        asyncio.run(window.aio.title())
    assert list(running.handle.windows()) == ["other"]


@pytest.mark.parametrize("name", ["close", "destroy"])
def test_a_coroutine_closes_it(window: Window, running: MockApp, name: str) -> None:
    async def end() -> None:
        await getattr(window.aio, name)()

    asyncio.run(end())
    running.handle.run_on_main(lambda: None)
    assert list(running.handle.windows()) == ["other"]


def test_a_listener_prevents_a_close(window: Window, running: MockApp) -> None:
    def refuse(event: WindowEventKind) -> None:
        if isinstance(event, CloseRequested):
            event.veto.prevent()

    stop = window.run_on_main(lambda: window.on_event(refuse))
    window.close()
    assert not running.runtime.window().is_destroyed
    stop()
    window.close()
    assert running.runtime.window().is_destroyed


def test_its_page_hears_what_is_sent_to_it(window: Window, running: MockApp) -> None:
    window.emit("a", 1)
    assert running.page().wait_event("a").payload == 1


@pytest.mark.parametrize("once", [False, True], ids=["always", "once"])
def test_a_listener_of_a_window_hears_what_is_sent_to_it(window: Window, once: bool) -> None:
    heard = threading.Event()
    stop = window.listen("a", lambda event: heard.set(), once=once)
    window.emit("a")
    assert heard.wait(5)
    stop()


def test_a_script_runs_in_the_page(window: Window, running: MockApp) -> None:
    window.dangerous_evaluate("document.title")
    window.title()  # calls of one thread take effect in order
    assert running.runtime.window().scripts()[-1] == "document.title"


def test_a_dialog_tells_its_result_on_the_main_thread(window: Window, running: MockApp) -> None:
    results: list[tuple[tuple[str, ...], bool]] = []
    window.show_dialog(
        MessageDialog(title="T", message="M"),
        lambda result: results.append((result, window.is_main_thread())),
    )
    running.runtime.window().answer_dialog("OK")
    assert results == [(("OK",), True)]


def test_on_the_main_thread_a_call_acts_at_once(window: Window) -> None:
    def change() -> str:
        window.set_title("X")
        return window.title()

    assert window.run_on_main(change) == "X"
