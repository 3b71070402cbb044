"""The hands of a test: page, user and system."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from millennium_runtime.dialog import DialogResult, MessageDialog
from millennium_runtime.dpi import LogicalPosition, LogicalSize, PhysicalPosition, PhysicalSize
from millennium_runtime.errors import UnsupportedError, WindowClosedError
from millennium_runtime.request import Request, Response
from millennium_runtime.run_event import (
    FilesDropped,
    Focused,
    Moved,
    Resized,
    ScaleFactorChanged,
    ThemeChanged,
    WindowEventKind,
)
from millennium_runtime.testing import MockRuntime
from millennium_runtime.webview import InitScript, PageLoad, WebviewAttributes, World
from millennium_runtime.window import PendingWindow, WindowAttributes

ORIGIN = "millennium://localhost"
HTML = (("Content-Type", "text/html"),)


class Room:
    """One window of a mock, with everything it tells."""

    def __init__(self, *, serve=None, look=None, init_scripts=(), **handlers):
        self.loads: list[tuple[str, int]] = []
        self.events: list[WindowEventKind] = []
        self.messages: list[tuple[str, int, str]] = []
        self.requests: list[Request] = []
        self.runtime = MockRuntime.new()
        self.answer = serve or (lambda request, respond: respond(Response(headers=HTML)))
        pending = PendingWindow(
            label="main",
            window=look or WindowAttributes(),
            webview=WebviewAttributes(
                url=f"{ORIGIN}/", message_handler="bridge", init_scripts=init_scripts, devtools=True
            ),
            protocols={"millennium": self.serve},
            page_load_handler=lambda load: self.loads.append((load.stage, load.source.document)),
            ipc_handler=handlers.pop("ipc_handler", self.take),
            **handlers,
        )
        self.dispatcher = self.runtime.handle().create_window(pending).dispatcher
        self.dispatcher.add_listener(self.events.append)
        self.runtime.run_until_idle()
        self.window = self.runtime.window()

    def serve(self, request, respond):
        self.requests.append(request)
        self.answer(request, respond)

    def take(self, source, text, reply):
        self.messages.append((source.url, source.document, text))
        reply.answer(text.upper())


@pytest.fixture
def room():
    return Room()


# --- the page


def test_the_first_document_comes_from_its_protocol(room):
    assert room.loads == [("started", 0), ("committed", 1), ("finished", 1)]
    assert room.window.content.headers == {"content-type": "text/html"}
    assert room.requests[0].headers == {"sec-fetch-dest": "document"}


def test_a_link_makes_a_new_document(room):
    room.window.load(f"{ORIGIN}/next")
    assert (room.window.source.url, room.window.source.document) == (f"{ORIGIN}/next", 2)
    assert room.dispatcher.url() == f"{ORIGIN}/next"


def test_a_link_can_be_refused():
    room = Room(navigation_handler=lambda url: url.startswith(ORIGIN))
    room.window.load("https://example.org/")
    assert room.window.refused_navigations == ("https://example.org/",)
    assert room.window.source.document == 1


def test_a_document_of_a_foreign_scheme_has_no_content(room):
    room.window.load("https://example.org/")
    assert (room.window.source.document, room.window.content) == (2, None)


def test_a_load_under_way_fails_when_another_one_begins(room):
    held = []
    room.answer = lambda request, respond: held.append(respond)
    room.window.load(f"{ORIGIN}/slow")
    room.answer = lambda request, respond: respond(Response(headers=HTML))
    room.window.load(f"{ORIGIN}/fast")
    held[0](Response(headers=HTML))
    stages = [stage for stage, _ in room.loads[3:]]
    assert stages == ["started", "failed", "started", "committed", "finished"]
    assert room.window.source.url == f"{ORIGIN}/fast"


def test_a_document_may_be_answered_from_another_thread(room):
    def later(request, respond):
        thread = threading.Thread(target=respond, args=(Response(headers=HTML),))
        thread.start()
        thread.join()

    room.answer = later
    room.window.load(f"{ORIGIN}/later")
    before = room.window.source.document
    room.runtime.run_until_idle()
    assert (before, room.window.source.document) == (1, 2)


def test_an_answer_after_the_end_of_the_loop_is_dropped():
    held = []

    def script(runtime):
        pending = PendingWindow(
            label="main",
            webview=WebviewAttributes(url=f"{ORIGIN}/"),
            protocols={"millennium": lambda request, respond: held.append(respond)},
        )
        runtime.handle().create_window(pending)
        runtime.loop.main.call(lambda: None)

    runtime = MockRuntime.scripted(script).new()
    runtime.run(lambda event: None)
    thread = threading.Thread(target=held[0], args=(Response(headers=HTML),))
    thread.start()
    thread.join()
    assert runtime.window().source.document == 0


def test_a_crash_is_told_and_the_document_is_loaded_again(room):
    room.window.crash()
    assert room.loads[3:] == [
        ("terminated", 1),
        ("started", 1),
        ("committed", 2),
        ("finished", 2),
    ]


def test_init_scripts_run_first_and_only_where_they_belong():
    scripts = (
        InitScript(source="ours()", world=World.PRIVATE, origins=(ORIGIN,)),
        InitScript(source="theirs()", origins=("https://example.org",)),
    )
    page = Response(headers=HTML, body=b"<script>page()</script>")
    room = Room(init_scripts=scripts, serve=lambda request, respond: respond(page))
    room.dispatcher.evaluate("later()")
    assert [done.script for done in room.window.evaluated] == ["ours()", "page()", "later()"]
    assert room.window.scripts() == ("page()", "later()")
    assert room.window.scripts(World.PRIVATE) == ("ours()",)


def test_a_message_is_answered(room):
    reply = room.window.send("hello")
    assert (reply.status, reply.text) == ("answered", "HELLO")
    assert room.messages == [(f"{ORIGIN}/", 1, "hello")]


def test_a_reply_settled_by_a_task_is_waited_for_by_stepping():
    late: list[Callable[[Callable[[], None]], None]] = []
    slow = Room(ipc_handler=lambda source, text, reply: late[0](lambda: reply.refuse("later")))
    late.append(slow.runtime.handle().post)
    assert slow.window.send("hello").wait().text == "later"


def test_a_reply_nobody_settles_times_out():
    room = Room(ipc_handler=lambda source, text, reply: None)
    with pytest.raises(TimeoutError):
        room.window.send("hello").wait(0.01)


def test_a_window_without_a_handler_takes_no_messages():
    room = Room(ipc_handler=None)
    with pytest.raises(UnsupportedError, match="no message handler"):
        room.window.send("hello")


def test_a_fetch_reaches_the_protocol(room):
    room.answer = lambda request, respond: respond(Response(body=request.read_body(10)))
    fetched = room.window.fetch(
        f"{ORIGIN}/x?a=b#c", method="post", headers={"X-Ticket": "1"}, body=b"bytes"
    )
    request = room.requests[-1]
    assert fetched.wait().body == b"bytes"
    assert (request.method, request.uri, request.window) == ("POST", f"{ORIGIN}/x?a=b", "main")
    assert request.headers == {"x-ticket": "1"}


def test_a_body_over_the_limit_cannot_be_read(room):
    room.answer = lambda request, respond: respond(Response(body=request.read_body(3)))
    assert room.window.fetch(f"{ORIGIN}/x", body=b"four").wait().status == 500


def test_a_fetch_of_a_scheme_nobody_serves_is_refused(room):
    with pytest.raises(UnsupportedError, match="serves no such scheme"):
        room.window.fetch("other://localhost/")


def test_a_popup_is_told():
    told: list[str] = []
    room = Room(new_window_handler=told.append)
    room.window.open_window("https://example.org/")
    assert told == ["https://example.org/"]


def test_a_refused_link_is_told_when_the_user_clicked_it():
    told: list[str] = []
    room = Room(new_window_handler=told.append, navigation_handler=lambda url: False)
    room.window.click_link("https://example.org/")
    assert told == ["https://example.org/"]
    assert room.window.refused_navigations == ("https://example.org/",)


def test_a_refused_script_is_not_told():
    told: list[str] = []
    room = Room(new_window_handler=told.append, navigation_handler=lambda url: False)
    room.window.load("https://example.org/")
    assert told == []


def test_an_allowed_link_is_followed_and_not_told():
    told: list[str] = []
    room = Room(new_window_handler=told.append)
    room.window.click_link(f"{ORIGIN}/next")
    assert (room.window.source.url, told) == (f"{ORIGIN}/next", [])


def test_a_popup_nobody_asked_to_hear_of_is_refused_in_silence(room):
    room.window.open_window("https://example.org/")
    assert room.window.source.document == 1


# --- the user


def test_dragging_an_edge_keeps_the_limits(room):
    room.dispatcher.set_min_size(LogicalSize(300, 200))
    room.dispatcher.set_max_size(LogicalSize(900, 700))
    room.window.resize(LogicalSize(100, 100))
    room.window.resize(LogicalSize(5000, 5000))
    sizes = [event.size for event in room.events if isinstance(event, Resized)]
    assert sizes == [PhysicalSize(300, 200), PhysicalSize(900, 700)]


def test_without_limits_the_screen_is_one(room):
    room.dispatcher.set_min_size(None)
    room.window.resize(LogicalSize(5000, 5000))
    assert room.dispatcher.inner_size() == PhysicalSize(1920, 1080)


def test_dragging_the_title_bar_moves(room):
    room.window.move(LogicalPosition(30, 40))
    assert room.events[-1] == Moved(PhysicalPosition(30, 40))


def test_focus_and_blur_are_told(room):
    room.window.blur()
    room.window.blur()
    room.window.focus()
    assert room.events == [Focused(True), Focused(False), Focused(True)]


def test_the_close_button_asks(room):
    room.dispatcher.add_listener(lambda event: event.veto.prevent())
    room.window.close()
    assert not room.window.is_destroyed


def test_dropped_files_are_told(room):
    room.window.drop_files("/tmp/a", "/tmp/b")
    assert room.events[-1] == FilesDropped(("/tmp/a", "/tmp/b"))


def test_dialogs_wait_for_the_test_to_answer(room):
    dialog = MessageDialog(title="Sure?", message="Really")
    results: list[DialogResult] = []
    room.dispatcher.show_dialog(dialog, results.append)
    assert room.window.dialogs == (dialog,)
    assert room.window.answer_dialog("OK") is dialog
    assert (results, room.window.dialogs) == ([("OK",)], ())


def test_answering_no_dialog_is_an_error(room):
    with pytest.raises(LookupError, match="shows no dialog"):
        room.window.answer_dialog()


# --- the system


def test_another_screen_has_other_pixels(room):
    room.window.change_scale_factor(2.0)
    room.dispatcher.set_size(LogicalSize(100, 50))
    assert ScaleFactorChanged(2.0) in room.events
    assert room.dispatcher.scale_factor() == 2.0
    assert room.dispatcher.inner_size() == PhysicalSize(200, 100)


def test_the_theme_changes(room):
    room.window.change_theme("dark")
    assert room.events[-1] == ThemeChanged("dark")
    assert room.dispatcher.theme() == "dark"


# --- the end


def test_a_ghost_cannot_be_moved(room):
    room.dispatcher.destroy()
    with pytest.raises(WindowClosedError):
        room.window.send("from beyond")


def test_a_ghost_can_be_read(room):
    room.dispatcher.destroy()
    assert (room.window.label, room.window.is_destroyed) == ("main", True)
    assert room.window.pending.label == "main"


def test_a_window_destroyed_before_its_first_load_never_loads():
    runtime = MockRuntime.new()
    loads: list[PageLoad] = []
    pending = PendingWindow(
        label="main",
        webview=WebviewAttributes(url="about:blank"),
        page_load_handler=loads.append,
    )
    runtime.handle().create_window(pending).dispatcher.destroy()
    runtime.run_until_idle()
    assert loads == []


def test_a_listener_that_raises_does_not_silence_the_others(room):
    heard: list[WindowEventKind] = []
    room.dispatcher.add_listener(lambda event: int("no number"))
    room.dispatcher.add_listener(heard.append)
    room.window.change_theme("dark")
    assert heard == [ThemeChanged("dark")]


# --- how it looks at first


def test_a_window_opens_where_it_was_asked_to():
    room = Room(look=WindowAttributes(position=LogicalPosition(5, 6), focus=False))
    assert room.dispatcher.outer_position() == PhysicalPosition(5, 6)
    assert not room.dispatcher.is_focused()


def test_a_window_opens_in_the_middle():
    look = WindowAttributes(size=LogicalSize(920, 580), center=True, decorations=False)
    assert Room(look=look).dispatcher.outer_position() == PhysicalPosition(500, 250)


def test_a_window_opens_with_limits():
    look = WindowAttributes(min_size=LogicalSize(200, 100), max_size=LogicalSize(400, 300))
    state = Room(look=look).window.state
    assert (state.min_size, state.max_size) == (PhysicalSize(200, 100), PhysicalSize(400, 300))


def test_a_maximised_window_covers_the_screen():
    room = Room(look=WindowAttributes(maximized=True))
    assert room.dispatcher.outer_size() == PhysicalSize(1920, 1080)
    assert room.dispatcher.outer_position() == PhysicalPosition(0, 0)


# --- tools


def test_devtools_open_where_they_are_on(room):
    room.dispatcher.open_devtools()
    opened = room.window.state.is_devtools_open
    room.dispatcher.close_devtools()
    assert (opened, room.window.state.is_devtools_open) == (True, False)


def test_devtools_are_refused_where_they_are_off():
    runtime = MockRuntime.new()
    pending = PendingWindow(label="main", webview=WebviewAttributes(url="about:blank"))
    with pytest.raises(UnsupportedError, match="without devtools"):
        runtime.handle().create_window(pending).dispatcher.open_devtools()


def test_attention_and_dragging_are_recorded(room):
    room.dispatcher.request_user_attention(True)
    room.dispatcher.start_dragging()
    assert (room.window.state.attention, room.window.state.is_dragged) == ([True], True)
