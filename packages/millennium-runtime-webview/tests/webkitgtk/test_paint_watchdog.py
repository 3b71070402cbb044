"""A window that stays blank is noticed, with cause and fix; one that paints is left in peace."""

from __future__ import annotations

import logging
import time
import warnings

import pytest

from millennium_runtime.request import Response
from millennium_runtime.run_event import Destroyed
from millennium_runtime.window import WindowAttributes
from millennium_runtime_webview.diagnostics import COMPOSITING, DMABUF, Facts, find_problems
from millennium_runtime_webview.webkitgtk import paint_watchdog
from millennium_runtime_webview.webkitgtk.paint_watchdog import PaintWatchdog

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("window_manager")]
HIDDEN = WindowAttributes(title="under test", visible=False)
UNKNOWN = (
    "window 'main' may be blank: it does not paint; cause unknown; "
    "try WEBKIT_DISABLE_DMABUF_RENDERER=1, then WEBKIT_DISABLE_COMPOSITING_MODE=1"
)
NO_PAGE = (
    "window 'main' may be blank: its first page did not load within 3 s; cause unknown; "
    "see whether millennium://localhost answers, and what was logged before"
)
PAINTS = "window 'main' paints"
HELLO = Response(headers=(("content-type", "text/html"),), body=b"hello")
NVIDIA = find_problems(Facts(nvidia="NVRM 550", webkit=(2, 50, 0), environment={"DISPLAY": ":0"}))


def eventually(question):
    end = time.monotonic() + 15
    while not (answer := question()) and time.monotonic() < end:
        time.sleep(0.02)
    return answer


@pytest.fixture(autouse=True)
def waits(monkeypatch, caplog):
    """Let nothing be judged by time but where a test says so: a busy machine may take its time."""
    caplog.set_level(logging.DEBUG, "millennium_runtime_webview")
    monkeypatch.delenv(DMABUF, raising=False)
    monkeypatch.delenv(COMPOSITING, raising=False)
    monkeypatch.setattr(paint_watchdog, "LOAD_SECONDS", 60)
    monkeypatch.setattr(paint_watchdog, "SETTLE_SECONDS", 1)
    monkeypatch.setattr(paint_watchdog, "PAINT_SECONDS", 60)


@pytest.fixture
def judged_soon(monkeypatch):
    monkeypatch.setattr(paint_watchdog, "PAINT_SECONDS", 1)


def heard(monkeypatch, name, then=lambda: None):
    """Return a list that gets the watchdog each time one of its methods has run."""
    calls = []
    method = getattr(PaintWatchdog, name)

    def hear(watchdog, *arguments):
        method(watchdog, *arguments)
        calls.append(watchdog)
        then()

    monkeypatch.setattr(PaintWatchdog, name, hear)
    return calls


def call_deprecated(shown, name):
    def call(window):
        # As an error the warning would be raised inside PyGObject, which does not survive it.
        with warnings.catch_warnings(action="ignore"):
            getattr(window.native.get_window(), name)()

    shown.native(call)


def freeze(shown):
    """Stop the window's frame clock, as GDK does while the display does not take its frames."""
    call_deprecated(shown, "freeze_toplevel_updates_libgtk_only")


def thaw(shown):
    call_deprecated(shown, "thaw_toplevel_updates_libgtk_only")


def said(caplog):
    return [text for text in caplog.messages if "may be blank" in text]


def open_held(app, *, prepare=lambda _shown: None, finished=lambda: None, **options):
    """Open a window whose page comes once it is prepared; tell on the main thread that it did."""
    held = []
    hold = lambda _request, respond: held.append(respond)  # noqa: E731
    shown = app.open(loaded=False, serve=hold, **options)
    assert eventually(lambda: held)
    prepare(shown)
    tell = lambda load: finished() if load.stage == "finished" else None  # noqa: E731
    shown.native(lambda window: window.webview.on_page_load(tell))
    held.pop()(HELLO)
    return shown.wait("finished")


def test_a_window_that_paints_is_left_in_peace(app, caplog, monkeypatch):
    proofs = heard(monkeypatch, "_prove")
    app.open()
    assert eventually(lambda: PAINTS in caplog.messages)
    assert app.on_main(lambda: (proofs[0]._view, proofs[0]._source)) == (None, 0)
    assert said(caplog) == []


@pytest.mark.usefixtures("judged_soon")
def test_frames_that_do_not_reach_the_screen_are_noticed(app, caplog):
    open_held(app, prepare=freeze)
    assert eventually(lambda: said(caplog)) == [UNKNOWN]
    assert PAINTS not in caplog.messages


@pytest.mark.usefixtures("judged_soon")
def test_a_page_without_frames_is_noticed(app, caplog, stop_page):
    open_held(app, finished=stop_page)
    assert eventually(lambda: said(caplog))
    assert PAINTS not in caplog.messages


@pytest.mark.usefixtures("judged_soon")
def test_a_known_cause_is_named_with_its_fix(app, caplog, monkeypatch):
    monkeypatch.setattr(app.runtime._loop.engine, "_problems", NVIDIA)
    monkeypatch.setenv(DMABUF, "1")
    open_held(app, prepare=freeze)
    (warning,) = eventually(lambda: said(caplog))
    assert "NVIDIA's own driver" in warning
    assert "WEBKIT_DISABLE_DMABUF_RENDERER=1 is set for this app" in warning
    assert warning.endswith("; try WEBKIT_DISABLE_COMPOSITING_MODE=1")


@pytest.mark.usefixtures("judged_soon")
def test_nothing_is_advised_that_was_tried(app, caplog, monkeypatch):
    monkeypatch.setenv(DMABUF, "1")
    monkeypatch.setenv(COMPOSITING, "1")
    open_held(app, prepare=freeze)
    assert eventually(lambda: said(caplog)) == [
        "window 'main' may be blank: it does not paint; cause unknown"
    ]


@pytest.mark.usefixtures("judged_soon")
def test_a_first_page_that_never_comes_is_noticed_once(app, caplog, monkeypatch):
    monkeypatch.setattr(paint_watchdog, "LOAD_SECONDS", 3)
    held = []
    shown = app.open(loaded=False, serve=lambda _request, respond: held.append(respond))
    assert eventually(lambda: said(caplog)) == [NO_PAGE]
    freeze(shown)
    held.pop()(HELLO)
    shown.wait("finished")
    time.sleep(3)
    assert len(said(caplog)) == 1


def test_a_hidden_window_need_not_paint(app, caplog, monkeypatch):
    waiting = heard(monkeypatch, "_await_window")
    shown = app.open(look=HIDDEN)
    (watchdog,) = eventually(lambda: waiting)
    assert app.on_main(lambda: watchdog._source) == 0  # nothing will be judged
    assert said(caplog) == []
    shown.dispatcher.show()
    assert eventually(lambda: PAINTS in caplog.messages)


@pytest.mark.usefixtures("judged_soon")
def test_a_window_that_was_hidden_is_watched_when_it_is_shown(app, caplog, monkeypatch):
    waiting = heard(monkeypatch, "_await_window")
    shown = app.open(look=HIDDEN)
    assert eventually(lambda: waiting)
    app.on_main(lambda: [shown.dispatcher.show(), freeze(shown)])
    assert eventually(lambda: said(caplog))


def minimize(shown):
    shown.dispatcher.minimize()
    assert eventually(shown.dispatcher.is_minimized)


def test_a_minimized_window_need_not_paint(app, caplog, monkeypatch):
    waiting = heard(monkeypatch, "_await_window")
    shown = open_held(app, prepare=minimize)
    (watchdog,) = eventually(lambda: waiting)
    assert app.on_main(lambda: watchdog._source) == 0
    assert caplog.messages.count(PAINTS) == 0
    assert said(caplog) == []
    shown.dispatcher.unminimize()
    assert eventually(lambda: PAINTS in caplog.messages)


def test_a_window_minimized_while_it_is_asked_need_not_paint(app, caplog, monkeypatch):
    asked = heard(monkeypatch, "_ask")
    shown = open_held(app, prepare=freeze)
    (watchdog,) = eventually(lambda: asked)
    minimize(shown)
    app.on_main(watchdog._judge_paint)
    assert said(caplog) == []
    thaw(shown)
    shown.dispatcher.unminimize()
    assert eventually(lambda: PAINTS in caplog.messages)


def open_asked_in_vain(app, patch):
    """Open a window and wait until its document is asked for frames; it never answers."""
    asked: list[None] = []
    ask = PaintWatchdog._ask
    patch.setattr(PaintWatchdog, "_ask", lambda watchdog: asked.append(ask(watchdog)))
    patch.setattr(paint_watchdog, "_TWO_FRAMES", "await new Promise(() => {})")
    shown = app.open()
    assert eventually(lambda: asked)
    return shown


def test_a_document_that_left_hands_the_watch_to_the_next(app, caplog, monkeypatch):
    with monkeypatch.context() as patch:
        shown = open_asked_in_vain(app, patch)
    shown.dispatcher.reload()
    assert eventually(lambda: PAINTS in caplog.messages)
    assert said(caplog) == []


def test_what_was_asked_of_a_document_that_left_counts_no_longer(app, caplog, monkeypatch):
    answers = []
    with monkeypatch.context() as patch:
        patch.setattr(PaintWatchdog, "_on_frames", lambda *answer: answers.append(answer))
        shown = app.open()
        assert eventually(lambda: answers)
        freeze(shown)
    shown.dispatcher.reload()
    shown.wait("finished", 2)
    app.on_main(lambda: PaintWatchdog._on_frames(*answers[0]))
    assert "page" in answers[0][0]._missing
    thaw(shown)
    assert eventually(lambda: PAINTS in caplog.messages)


@pytest.mark.usefixtures("judged_soon")
@pytest.mark.parametrize("is_asked", [False, True], ids=["before-it-is-asked", "while-it-is-asked"])
def test_a_closed_window_is_watched_no_longer(app, caplog, monkeypatch, is_asked):
    shown = []

    def prepare(window):
        freeze(window)
        shown.append(window)

    def close():
        app.runtime.handle().post(shown[0].dispatcher.destroy)

    if is_asked:
        heard(monkeypatch, "_ask", then=close)
        open_held(app, prepare=prepare)
    else:
        open_held(app, prepare=prepare, finished=close)
    assert eventually(lambda: app.window_events(Destroyed))
    time.sleep(2.5)
    assert said(caplog) == []
