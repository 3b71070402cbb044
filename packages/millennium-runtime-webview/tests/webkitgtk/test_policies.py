"""What a page may do, decided by the real engine's questions and the user's keys."""

from __future__ import annotations

import time

import pytest

from millennium_runtime.request import Response
from millennium_runtime.webview import WebviewAttributes
from millennium_runtime.window import PendingWindow
from millennium_runtime_webview.webkitgtk.bindings import Native, WebKit2
from millennium_runtime_webview.webkitgtk.policies import Policies

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("window_manager")]
BYTES = Response(headers=(("content-type", "application/x-unheard-of"),), body=b"\x00\x01")
ASK = "navigator.mediaDevices.getUserMedia({%s}).then(() => 'granted', error => error.name)"


class Deaf:
    """A view that never asks anything."""

    def connect(self, *_: object) -> None:
        """Forget who listens."""


class Unshowable:
    """A response whose kind the engine cannot show."""

    def __init__(self) -> None:
        self.answers: list[str] = []

    def get_request(self) -> Native:
        return WebKit2.URIRequest.new("https://example.org/x")

    def is_mime_type_supported(self) -> bool:
        return False

    def download(self) -> None:
        self.answers.append("download")

    def ignore(self) -> None:
        self.answers.append("ignore")


class Menu:
    """A context menu with the engine's own items."""

    def __init__(self, *actions: str) -> None:
        action = WebKit2.ContextMenuAction
        wanted = [getattr(action, name) for name in actions]
        self._items = [WebKit2.ContextMenuItem.new_from_stock_action(each) for each in wanted]

    def get_items(self) -> list[Native]:
        return list(self._items)

    def remove(self, item: Native) -> None:
        self._items.remove(item)

    def get_n_items(self) -> int:
        return len(self._items)


def policies(handler) -> Policies:
    pending = PendingWindow(
        label="main", webview=WebviewAttributes(url="about:blank"), new_window_handler=handler
    )
    return Policies(pending, Deaf())


def eventually(question):
    end = time.monotonic() + 10
    while not (answer := question()) and time.monotonic() < end:
        time.sleep(0.02)
    return answer


def zoom(shown):
    return shown.native(lambda w: w.webview.native.get_zoom_level())


def use_pretended_devices(shown):
    shown.native(lambda w: w.webview.native.get_settings().set_enable_mock_capture_devices(True))


@pytest.mark.parametrize(
    ("keys", "level"),
    [
        (["ctrl+plus"], 1.1),
        (["ctrl+equal"], 1.1),
        (["ctrl+KP_Add"], 1.1),
        (["ctrl+minus"], 1 / 1.1),
        (["ctrl+plus", "ctrl+plus", "ctrl+0", "ctrl+minus"], 1 / 1.1),
    ],
    ids=["plus", "equal", "keypad", "minus", "reset"],
)
def test_keys_zoom_when_they_may(app, press, keys, level):
    shown = app.open(zoom_hotkeys=True)
    shown.dispatcher.set_focus()
    assert eventually(shown.dispatcher.is_focused)
    press("key", "a", "ctrl+b", *keys)
    assert eventually(lambda: zoom(shown) == pytest.approx(level))


def test_keys_do_not_zoom_unless_they_may(app, press):
    shown = app.open()
    shown.dispatcher.set_focus()
    assert eventually(shown.dispatcher.is_focused)
    shown.js("void addEventListener('keydown', event => { window.heard = event.key })")
    press("key", "ctrl+plus")
    assert eventually(lambda: shown.js("window.heard") == "+")
    assert zoom(shown) == 1.0


def test_what_cannot_be_shown_is_not_loaded(app):
    shown = app.open(pages={"/bytes": BYTES})
    shown.dispatcher.navigate("millennium://localhost/bytes")
    assert eventually(lambda: len(shown.stages("failed")) == 1)
    assert shown.js("document.title") == "page"


@pytest.mark.parametrize(
    ("downloads", "answer"), [(True, "download"), (False, "ignore")], ids=["allowed", "refused"]
)
def test_what_cannot_be_shown_becomes_a_download_where_they_may(downloads, answer):
    response = Unshowable()
    pending = PendingWindow(
        label="main", webview=WebviewAttributes(url="about:blank", downloads=downloads)
    )
    assert Policies(pending, Deaf())._decide_response(response)
    assert response.answers == [answer]


@pytest.mark.parametrize(
    ("permissions", "wish", "answer"),
    [
        ({"microphone"}, "audio: true", "granted"),
        ({"camera"}, "video: true", "granted"),
        ({"camera"}, "audio: true", "NotAllowedError"),
        ({"microphone"}, "audio: true, video: true", "NotAllowedError"),
    ],
    ids=["microphone", "camera", "the-other-one", "both-with-one"],
)
def test_captures_are_granted_one_by_one(app, permissions, wish, answer):
    shown = app.open(permissions=frozenset(permissions))
    use_pretended_devices(shown)
    assert shown.js(ASK % wish) == answer


def test_the_screen_is_never_shared(app):
    shown = app.open(permissions=frozenset({"camera", "microphone"}))
    use_pretended_devices(shown)
    question = "navigator.mediaDevices.getDisplayMedia().then(() => 'granted', e => 'denied')"
    assert shown.js(question) == "denied"


def test_a_window_without_a_handler_opens_no_window(caplog):
    policies(None)._refuse_window("https://example.org/")
    assert "window 'main' may not open a window" in caplog.messages


def test_a_failing_handler_opens_no_window_either(caplog):
    policies(lambda _url: 1 / 0)._refuse_window("https://example.org/")
    assert "the new-window handler of 'main' failed" in caplog.messages


@pytest.mark.parametrize(
    ("devtools", "kept"), [(False, 0), (True, 1)], ids=["without-devtools", "with-devtools"]
)
def test_the_menu_of_a_page_offers_nothing_of_a_browser(app, devtools, kept):
    menu = Menu("RELOAD", "GO_BACK", "INSPECT_ELEMENT")
    pending = PendingWindow(
        label="main", webview=WebviewAttributes(url="about:blank", devtools=devtools)
    )
    is_hidden = Policies(pending, Deaf())._on_context_menu(None, menu)
    assert (menu.get_n_items(), is_hidden) == (kept, not kept)
