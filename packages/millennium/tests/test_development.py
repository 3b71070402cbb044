"""The development door: what it lets in, and what it tells."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from millennium import development
from millennium.collected import Collected
from millennium.context import Context
from millennium.development import DevDoor, ReleaseRun, take_companion
from millennium.launch import Launch
from millennium.paths import AppPaths
from millennium.testing import mock_context
from millennium_runtime.dpi import LogicalPosition, LogicalSize
from millennium_runtime.errors import WindowClosedError
from millennium_runtime.testing import MockRuntime

PLACE = {"label": "main", "url": "", "x": 30, "y": 40, "width": 500, "height": 400}


class Other:
    """`millennium dev`, on the far side of the two pipes."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._doors: list[DevDoor] = []
        self.orders, self.answers, self.option = self._open()

    def _open(self) -> tuple[BinaryIO, BinaryIO, str]:
        order_reader, order_writer = os.pipe()
        answer_reader, answer_writer = os.pipe()
        orders, answers = os.fdopen(order_writer, "wb"), os.fdopen(answer_reader, "rb")
        return orders, answers, f"--millennium-source={order_reader},{answer_writer}"

    def tell(self, **order: object) -> None:
        self.orders.write(json.dumps(order).encode() + b"\n")
        self.orders.flush()

    def hear(self, what: str) -> dict[str, object]:
        message: dict[str, object] = {}
        while message.get("say") != what:
            message = json.loads(self.answers.readline())
        return message

    def run(self, context: Context, script: Callable[[MockRuntime], None]) -> int:
        """Run an app with the door open and a script beside it."""
        launch = Launch(Collected(), ["app", self.option])
        self.keep(launch._companion)
        paths = AppPaths.below(self._home, context.config.identifier)
        return launch.run(context=context, runtime=MockRuntime.scripted(script), paths=paths)

    def keep(self, door: object) -> None:
        """Remember the near side, to close it at the end."""
        assert isinstance(door, DevDoor)
        self._doors.append(door)

    def close(self) -> None:
        """Close all four ends, ours first: the threads of the near side end with that."""
        with contextlib.suppress(OSError):
            self.orders.close()
        for thread in [each for each in threading.enumerate() if each.name == "development"]:
            thread.join(10)
        near = [stream for door in self._doors for stream in (door.reader, door.writer)]
        for stream in (*near, self.answers):
            with contextlib.suppress(OSError):
                stream.close()


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Other]:
    monkeypatch.setattr(development, "_SHOWN_SECONDS", 0.5)
    found = Other(tmp_path)
    yield found
    found.close()


def developed(**config: object) -> Context:
    return mock_context(config, mode="development", dev_url="http://localhost:5173")


def wait_for_end(mock: MockRuntime) -> None:
    end = time.monotonic() + 10
    while not mock.window("main").is_destroyed:
        assert time.monotonic() < end, "the window is still there"
        time.sleep(0.005)


def test_without_the_option_nobody_is_there():
    arguments = ["app", "--other"]
    assert take_companion(arguments) is None
    assert arguments == ["app", "--other"]


def test_the_option_is_taken_out(other: Other):
    arguments = ["app", other.option, "file"]
    other.keep(take_companion(arguments))
    assert arguments == ["app", "file"]


@pytest.mark.parametrize(
    "words",
    [["release", "release"], ["x"], ["3"], ["3,4,5"], ["-1,2"], ["9999999,9999999"], [""]],
    ids=",".join,
)
def test_anything_else_ends_the_program(words: list[str]):
    arguments = [f"--millennium-source={word}" for word in words]
    with pytest.raises(SystemExit) as caught:
        take_companion(arguments)
    assert caught.value.code == 2


def test_a_frozen_app_has_no_door(other: Other, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr("sys.frozen", True, raising=False)
    arguments = ["app", other.option]
    seen: list[str] = []
    runtime = MockRuntime.scripted(lambda mock: seen.append(mock.attributes.identifier))
    context = mock_context()
    paths = AppPaths.below(tmp_path, context.config.identifier)
    Launch(Collected(), arguments).run(context=context, runtime=runtime, paths=paths)
    assert (seen, arguments) == (["org.example.mock"], ["app", other.option])


# --- as a release


def test_a_release_run_has_neither_server_nor_development(tmp_path: Path):
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "a.txt").write_text("a")
    before = Context(config=developed().config, assets=developed().assets, root=tmp_path)
    after = ReleaseRun().prepare(before)
    assert (after.mode, after.dev_url, list(after.assets.keys())) == ("release", "", ["a.txt"])


@pytest.mark.parametrize(
    ("installed", "own", "expected"),
    [
        ({"one": "a:A"}, "", "a:A"),
        ({"one": "a:A", "two": "b:B"}, "", ""),
        ({"one": "a:A"}, "c:C", "c:C"),
    ],
    ids=["the only one", "several", "named"],
)
def test_a_release_run_takes_the_runtime_a_build_would(
    monkeypatch: pytest.MonkeyPatch, installed: dict[str, str], own: str, expected: str
):
    monkeypatch.setattr(development, "find_runtimes", lambda: installed)
    context = Context(config=developed().config, assets=developed().assets, runtime=own)
    assert ReleaseRun().prepare(context).runtime == expected


def test_nobody_follows_a_release_run(tmp_path: Path):
    launch = Launch(Collected(), ["--millennium-source=release"])
    context = developed()
    paths = AppPaths.below(tmp_path, context.config.identifier)
    runtime = MockRuntime.scripted(lambda _mock: None)
    assert launch.run(context=context, runtime=runtime, paths=paths) == 0


# --- with somebody there


@pytest.mark.parametrize("line", [b"", b"{}\n", b'{"do": "exit"}\n', b"x\n"], ids=str)
def test_what_begins_otherwise_ends_the_program(other: Other, line: bytes):
    other.orders.write(line)
    other.orders.close()
    with pytest.raises(SystemExit):
        other.run(developed(), wait_for_end)


def test_windows_come_back_to_their_places(other: Other):
    found: list[object] = []

    def look(mock: MockRuntime) -> None:
        window = mock.window("main").pending
        found.extend((window.window.position, window.window.size, window.webview.url))
        found.append(mock.window("second").pending.window.size)

    other.tell(do="start", windows=[{**PLACE, "url": "millennium://localhost/b.html#c"}])
    second = {"label": "second", "width": 320.0, "height": 200.0}
    other.run(developed(windows=[{"label": "main"}, second]), look)
    assert found == [
        LogicalPosition(30, 40),
        LogicalSize(500, 400),
        "millennium://localhost/b.html#c",
        LogicalSize(320, 200),
    ]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:5173/b", "http://localhost:5173/b"),
        ("https://evil.example/", "http://localhost:5173/index.html"),
        ("about:blank", "http://localhost:5173/index.html"),
    ],
    ids=["server", "elsewhere", "nowhere"],
)
def test_a_window_comes_back_only_to_pages_of_ours(other: Other, url: str, expected: str):
    other.tell(do="start", windows=[{**PLACE, "url": url}])
    found: list[str] = []
    other.run(developed(), lambda mock: found.append(mock.window("main").pending.webview.url))
    assert found == [expected]


def test_it_tells_when_the_first_page_is_there_and_what_was_imported(other: Other):
    other.tell(do="start")

    def follow(_mock: MockRuntime) -> None:
        modules = other.hear("shown")["modules"]
        assert isinstance(modules, list)
        assert {"json", "msgspec", "millennium.app"} <= set(modules)
        assert "__main__" not in modules

    assert other.run(developed(), follow) == 0


def test_it_tells_where_windows_are(other: Other):
    other.tell(do="start", windows=[PLACE])

    def follow(_mock: MockRuntime) -> None:
        other.hear("shown")
        other.tell(do="state")
        other.tell(do="nonsense")
        places = other.hear("state")["windows"]
        assert isinstance(places, list)
        place = places[0]
        assert (place["label"], place["width"], place["maximized"]) == ("main", 500.0, False)
        assert place["url"].startswith("http://localhost:5173/")

    assert other.run(developed(), follow) == 0


def test_it_reloads_pages(other: Other):
    other.tell(do="start")

    def follow(mock: MockRuntime) -> None:
        other.hear("shown")
        before = mock.window("main").source.document
        other.tell(do="reload")
        other.tell(do="state")
        other.hear("state")
        assert mock.window("main").source.document > before

    assert other.run(developed(), follow) == 0


def test_it_ends_the_app(other: Other):
    other.tell(do="start")
    other.tell(do="exit")
    assert other.run(developed(), wait_for_end) == 0


def test_the_app_ends_with_the_other_side(other: Other):
    other.tell(do="start")
    other.orders.close()
    other.answers.close()
    assert other.run(developed(), wait_for_end) == 0


# --- windows that go in between


class Gone:
    """A handle whose one window was just closed."""

    def windows(self) -> dict[str, Gone]:
        return {"main": self}

    def run_on_main(self, _question: object) -> None:
        raise WindowClosedError("gone")

    def url(self) -> str:
        raise WindowClosedError("gone")

    def reload(self) -> None:
        raise WindowClosedError("gone")


def test_a_window_that_was_just_closed_is_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(development, "_SHOWN_SECONDS", 0.03)
    gone = Gone()
    assert development._places(gone) == []  # type: ignore[arg-type]
    development._each(gone, Gone.reload)  # type: ignore[arg-type]
    with (tmp_path / "answers").open("wb") as writer, (tmp_path / "answers").open("rb") as reader:
        DevDoor(reader=reader, writer=writer)._report(gone)  # type: ignore[arg-type]
    assert b'"shown"' in (tmp_path / "answers").read_bytes()
