"""Checks of what setters set and getters return, and of the events that tell it."""

from __future__ import annotations

from collections.abc import Callable

from millennium_runtime.dispatcher import Dispatcher
from millennium_runtime.dpi import LogicalPosition, LogicalSize, PhysicalSize
from millennium_runtime.errors import InvalidLabelError
from millennium_runtime.run_event import Moved, Resized
from millennium_runtime.testing.conformance.check import check
from millennium_runtime.testing.conformance.log import expect, refuses
from millennium_runtime.testing.conformance.stage import Stage
from millennium_runtime.testing.conformance.stage_window import StageWindow, WindowPlan
from millennium_runtime.window import WindowAttributes, require_label


@check("window 1")
def bad_labels_are_refused(stage: Stage) -> None:
    """A label outside the grammar is refused before a window is made."""
    labels = ("", "a b", "a.b", "ä", "x" * 65)
    accepted = [
        label for label in labels if not refuses(InvalidLabelError, _creation(stage, label))
    ]
    expect(not accepted, f"these labels were accepted: {accepted}")


@check("window 1")
def all_good_labels_work(stage: Stage) -> None:
    """A label of all allowed characters and of full length makes a window."""
    label = require_label("aZ09/:_-".ljust(64, "x"))
    window = stage.open(WindowPlan(label=label))
    expect(window.dispatcher.title() == "conformance", "the title is another")


@check("window 2")
def a_taken_label_is_refused(stage: Stage) -> None:
    """The label of a live window is refused, and the window lives on."""
    first = stage.open()
    expect(refuses(InvalidLabelError, _creation(stage, "main")), "two windows have one label")
    expect(first.dispatcher.title() == "conformance", "the first window is another")


@check("window 2")
def a_label_is_free_after_destroyed(stage: Stage) -> None:
    """The label of a destroyed window can be used again; the old dispatcher stays closed."""
    old = stage.open()
    old.dispatcher.destroy()
    old.wait_destroyed()
    new = stage.open()
    expect(new.dispatcher.title() == "conformance", "the new window has no title")


@check("window 3")
def a_window_looks_as_it_was_asked_for(stage: Stage) -> None:
    """Title, size, resizability and decorations are those of the attributes."""
    look = WindowAttributes(
        title="Wanted", size=LogicalSize(420, 310), resizable=True, decorations=False
    )
    window = stage.open(WindowPlan(look=look)).dispatcher
    wanted = look.size.to_physical(window.scale_factor())
    expect(window.title() == "Wanted", f"the title is {window.title()!r}")
    expect(window.is_resizable(), "it is not resizable")
    expect(not window.is_decorated(), "it is decorated")
    stage.expect_soon(window.inner_size, wanted, "the size")


@check("window 3")
def a_hidden_window_stays_hidden(stage: Stage) -> None:
    """A window made invisible loads its page and is shown only by `show`."""
    window = stage.open(WindowPlan(look=WindowAttributes(visible=False))).dispatcher
    expect(not window.is_visible(), "it is visible")
    window.show()
    stage.expect_soon(window.is_visible, True, "is_visible")


_SWITCHES: dict[str, tuple[Callable[[Dispatcher, bool], None], Callable[[Dispatcher], bool]]] = {
    "visible": (lambda w, on: w.show() if on else w.hide(), lambda w: w.is_visible()),
    "resizable": (lambda w, on: w.set_resizable(on), lambda w: w.is_resizable()),
    "decorations": (lambda w, on: w.set_decorations(on), lambda w: w.is_decorated()),
}


def _switch(stage: Stage, window: Dispatcher) -> None:
    for name, (switch, read) in _SWITCHES.items():
        for wanted in (False, True):
            switch(window, wanted)
            stage.expect_soon(lambda read=read: read(window), wanted, name)  # type: ignore[misc]


@check("window 4")
def switches_keep_what_was_set(stage: Stage) -> None:
    """Visibility, resizability and decorations read as they were set, from another thread."""
    _switch(stage, stage.open().dispatcher)


def _set_title(window: Dispatcher) -> str:
    window.set_title("Ünïcödé ✓")
    return window.title()


@check("window 4")
def titles_keep_what_was_set(stage: Stage) -> None:
    """The title reads as it was set, from the main thread and from another."""
    window = stage.open().dispatcher
    expect(_set_title(window) == "Ünïcödé ✓", "another thread reads another title")
    window.set_title("reset")
    title = stage.on_main(lambda: _set_title(window))
    expect(title == "Ünïcödé ✓", "the main thread reads another title")


@check("window 4")
def sizes_keep_what_was_set(stage: Stage) -> None:
    """The content area gets the size that was set, in either unit, and `Resized` tells it."""
    window = stage.open()
    scale = window.dispatcher.scale_factor()
    expect(scale > 0, f"the scale factor is {scale}")
    wanted = LogicalSize(500, 360).to_physical(scale)
    window.dispatcher.set_size(LogicalSize(500, 360))
    stage.expect_soon(window.dispatcher.inner_size, wanted, "the size")
    window.heard.wait(lambda event: event == Resized(wanted), f"Resized to {wanted}")
    larger = PhysicalSize(wanted.width + 110, wanted.height + 80)
    stage.on_main(lambda: window.dispatcher.set_size(larger))
    stage.expect_soon(window.dispatcher.inner_size, larger, "the size")
    outer = window.dispatcher.outer_size()
    is_around = outer.width >= larger.width and outer.height >= larger.height
    expect(is_around, f"the outer size {outer} is smaller than the inner {larger}")


@check("window 4")
def positions_keep_what_was_set(stage: Stage) -> None:
    """The outer corner gets the position that was set, and `Moved` tells it."""
    window = stage.open()
    wanted = LogicalPosition(120, 90).to_physical(window.dispatcher.scale_factor())
    window.dispatcher.set_position(LogicalPosition(120, 90))
    stage.expect_soon(window.dispatcher.outer_position, wanted, "the position")
    window.heard.wait(lambda event: event == Moved(wanted), f"Moved to {wanted}")
    inner = window.dispatcher.inner_position()
    expect(inner.x >= wanted.x and inner.y >= wanted.y, f"the inner position is {inner}")


@check("window 4")
def maximising_can_be_undone(stage: Stage) -> None:
    """`maximize` and `unmaximize` are told by `is_maximized`."""
    window = stage.open().dispatcher
    window.maximize()
    stage.expect_soon(window.is_maximized, True, "is_maximized")
    window.unmaximize()
    stage.expect_soon(window.is_maximized, False, "is_maximized")


@check("window 4")
def minimising_can_be_undone(stage: Stage) -> None:
    """`minimize` and `unminimize` are told by `is_minimized`."""
    window = stage.open().dispatcher
    window.minimize()
    stage.expect_soon(window.is_minimized, True, "is_minimized")
    window.unminimize()
    stage.expect_soon(window.is_minimized, False, "is_minimized")


@check("window 4")
def full_screen_can_be_undone(stage: Stage) -> None:
    """`set_fullscreen` is told by `is_fullscreen`."""
    window = stage.open().dispatcher
    window.set_fullscreen(True)
    stage.expect_soon(window.is_fullscreen, True, "is_fullscreen")
    window.set_fullscreen(False)
    stage.expect_soon(window.is_fullscreen, False, "is_fullscreen")


@check("window 4")
def focus_can_be_taken(stage: Stage) -> None:
    """`set_focus` gives the keyboard to one window of several."""
    first, second = stage.open().dispatcher, stage.open(WindowPlan(label="second")).dispatcher
    first.set_focus()
    stage.expect_soon(first.is_focused, True, "is_focused")
    stage.expect_soon(second.is_focused, False, "is_focused of the other")


@check("window 4")
def the_rest_can_be_called(stage: Stage) -> None:
    """Setters without getter are accepted on the main thread and on another."""
    window = stage.open()
    _call_the_rest(window)
    stage.on_main(lambda: _call_the_rest(window))
    theme = window.dispatcher.theme()
    expect(theme in {"light", "dark"}, f"the theme is {theme!r}")


def _call_the_rest(window: StageWindow) -> None:
    shown = window.dispatcher
    shown.set_min_size(LogicalSize(100, 80))
    shown.set_max_size(LogicalSize(1200, 900))
    shown.set_min_size(None)
    shown.set_max_size(None)
    shown.set_always_on_top(True)
    shown.set_always_on_top(False)
    shown.set_skip_taskbar(True)
    shown.set_skip_taskbar(False)
    shown.request_user_attention(False)
    shown.center()
    shown.current_monitor()


def _creation(stage: Stage, label: str) -> Callable[[], StageWindow]:
    return lambda: stage.new_window(WindowPlan(label=label)).create(stage.handle)
