"""The hands a test moves a mock window with: the page, the user and the system."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from millennium_runtime.dialog import Dialog, DialogResult
from millennium_runtime.dpi import Position, Size
from millennium_runtime.run_event import FilesDropped, ScaleFactorChanged, ThemeChanged
from millennium_runtime.testing.exchange import Exchange, Fetched
from millennium_runtime.testing.fake_reply import FakeReply
from millennium_runtime.testing.mock_frame import MockFrame
from millennium_runtime.testing.mock_loop import MockLoop
from millennium_runtime.testing.mock_page import Evaluated
from millennium_runtime.testing.mock_state import MockState
from millennium_runtime.theme import Theme
from millennium_runtime.webview import MessageSource, World
from millennium_runtime.window import PendingWindow

__all__ = ["MockWindow"]

T = TypeVar("T")


class MockWindow:
    """Does to one window what page, user and system do. Any thread; on main it acts at once.

    Methods raise WindowClosedError after the window was destroyed, so a test cannot move a ghost;
    what was recorded can be read for ever.
    """

    def __init__(self, frame: MockFrame, loop: MockLoop) -> None:
        self._frame = frame
        self._loop = loop

    # --- what was recorded

    @property
    def label(self) -> str:
        """Name of the window."""
        return self._frame.label

    @property
    def pending(self) -> PendingWindow:
        """What it was made from."""
        return self._frame.pending

    @property
    def state(self) -> MockState:
        """How it looks now; read it, do not change it."""
        return self._frame.state

    @property
    def source(self) -> MessageSource:
        """Committed URL and document serial."""
        return self._frame.page.source

    @property
    def content(self) -> Fetched | None:
        """The committed document as its protocol answered; None for schemes nobody serves."""
        return self._frame.page.content

    @property
    def evaluated(self) -> tuple[Evaluated, ...]:
        """Scripts that ran, init scripts included, oldest first."""
        return tuple(self._frame.page.evaluated)

    def scripts(self, world: World = World.PAGE) -> tuple[str, ...]:
        """Return the texts that ran in one world, oldest first."""
        return tuple(done.script for done in self.evaluated if done.world is world)

    @property
    def refused_navigations(self) -> tuple[str, ...]:
        """URLs the page wanted to go to and the navigation handler refused."""
        return tuple(self._frame.page.refused)

    @property
    def dialogs(self) -> tuple[Dialog, ...]:
        """Dialogs that wait for an answer, oldest first."""
        return tuple(dialog for dialog, _ in self._frame.dialogs)

    @property
    def is_destroyed(self) -> bool:
        """Whether it is gone."""
        return self._frame.is_destroyed

    # --- the page

    def load(self, url: str) -> None:
        """Go to `url` as a script in the page would: the navigation handler is asked."""
        self._on_frame(lambda frame: frame.page.request_navigation(url))

    def send(self, text: str) -> FakeReply:
        """Post a message from the private world; return what the page waits with."""
        return self._on_frame(lambda frame: frame.page.send(text))

    def fetch(
        self,
        uri: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Exchange:
        """Ask the protocol of the URI's scheme; `Exchange.wait` has the answer."""
        return self._on_frame(
            lambda frame: frame.page.fetch(uri, method=method, headers=headers, body=body)
        )

    def open_window(self, url: str) -> None:
        """Ask for a pop-up, as ``window.open`` would."""
        self._on_frame(lambda frame: frame.page.open_window(url))

    def crash(self) -> None:
        """Lose the web process; the document is loaded again."""
        self._on_frame(lambda frame: frame.page.crash())

    # --- the user

    def click_link(self, url: str) -> None:
        """Click a link to `url`: where the page may not go, the new-window handler is told."""
        self._on_frame(lambda frame: frame.page.follow_link(url))

    def resize(self, size: Size) -> None:
        """Drag the window's edge; the limits hold."""
        self._on_frame(partial(_resize, size=size))

    def move(self, position: Position) -> None:
        """Drag the title bar."""
        self._on_frame(lambda frame: frame.move(position))

    def focus(self) -> None:
        """Click into the window."""
        self._on_frame(MockFrame.focus)

    def blur(self) -> None:
        """Click somewhere else."""
        self._on_frame(MockFrame.blur)

    def close(self) -> None:
        """Click the close button; a listener may prevent it."""
        self._on_frame(MockFrame.close)

    def drop_files(self, *paths: str) -> None:
        """Drop files on the window."""
        self._on_frame(lambda frame: frame.tell(FilesDropped(paths)))

    def answer_dialog(self, *result: str) -> Dialog:
        """Answer the oldest dialog; nothing means cancelled. Returns the dialog.

        Raises:
            LookupError: No dialog is open.
        """
        return self._on_frame(partial(_answer_dialog, result=result))

    # --- the system

    def change_scale_factor(self, scale_factor: float) -> None:
        """Move it to a screen with other pixels."""
        self._on_frame(partial(_change_scale_factor, scale_factor=scale_factor))

    def change_theme(self, theme: Theme) -> None:
        """Switch the system to "light" or "dark"."""
        self._on_frame(partial(_change_theme, theme=theme))

    def _on_frame(self, action: Callable[[MockFrame], T]) -> T:
        return self._loop.main.call(lambda: action(self._frame.require_open()))


def _resize(frame: MockFrame, *, size: Size) -> None:
    wanted = size.to_physical(frame.state.monitor.scale_factor)
    frame.resize(frame.state.limited(wanted))


def _answer_dialog(frame: MockFrame, *, result: DialogResult) -> Dialog:
    if not frame.dialogs:
        raise LookupError(f"window {frame.label!r} shows no dialog")
    dialog, on_result = frame.dialogs.pop(0)
    on_result(result)
    return dialog


def _change_scale_factor(frame: MockFrame, *, scale_factor: float) -> None:
    frame.change(monitor=replace(frame.state.monitor, scale_factor=scale_factor))
    frame.tell(ScaleFactorChanged(scale_factor))


def _change_theme(frame: MockFrame, *, theme: Theme) -> None:
    frame.change(theme=theme)
    frame.tell(ThemeChanged(theme))
