"""Nobody but the app's own page speaks in the app's voice."""

from __future__ import annotations

import time

import pytest

from millennium_runtime.request import Response
from millennium_runtime_webview.webkitgtk.bindings import Gtk

pytestmark = pytest.mark.gui
ORIGIN = "millennium://localhost"
HTML = (("content-type", "text/html; charset=utf-8"),)
SPEAKS = "<script>setTimeout(() => alert('spoken'), {})</script>"
FOREIGN = "millennium://other.localhost"


def page(text):
    return Response(headers=HTML, body=f"<!doctype html>{text}".encode())


def messages():
    windows = Gtk.Window.list_toplevels()
    return [each for each in windows if isinstance(each, Gtk.MessageDialog)]


def take_speaker(app):
    """Wait for a script's dialog, answer it, and return who it says speaks."""
    end = time.monotonic() + 10
    while not app.on_main(messages):
        assert time.monotonic() < end, "nobody speaks"
        time.sleep(0.02)
    (dialog,) = app.on_main(messages)
    speaker = app.on_main(lambda: dialog.get_property("text"))
    app.on_main(lambda: dialog.response(Gtk.ResponseType.OK))
    return speaker


def test_the_apps_own_page_speaks_for_the_app(app):
    app.open(pages={"/": page(SPEAKS.format(100))})

    assert take_speaker(app) == "Under Test"


def test_a_frame_of_the_apps_own_origin_speaks_for_the_app(app):
    framed = {"/": page("<iframe src='/frame'></iframe>"), "/frame": page(SPEAKS.format(100))}
    app.open(pages=framed)

    assert take_speaker(app) == "Under Test"


def test_a_frame_of_another_origin_does_not(app):
    frame = f"<iframe src='{FOREIGN}/frame'></iframe>"
    app.open(pages={"/": page(frame), "/frame": page(SPEAKS.format(100))})

    assert take_speaker(app) == "A page says"


def test_the_next_document_speaks_for_the_app_again(app):
    frame = f"<iframe src='{FOREIGN}/frame'></iframe>"
    again = {"/frame": page("framed"), "/next": page(SPEAKS.format(100))}
    shown = app.open(pages={"/": page(frame), **again})
    shown.dispatcher.navigate(f"{ORIGIN}/next")

    assert take_speaker(app) == "Under Test"


def test_another_page_does_not_while_the_apps_own_is_on_its_way(app):
    held = []
    shown = app.open(
        serve=lambda request, respond: (
            held.append(respond) if request.uri.endswith("/slow") else respond(page("ours"))
        )
    )
    shown.dispatcher.navigate(f"data:text/html,{SPEAKS.format(1500)}")
    shown.wait("finished", 2)
    shown.dispatcher.navigate(f"{ORIGIN}/slow")
    speaker = take_speaker(app)
    answered = [respond(page("late")) for respond in held]

    assert speaker == "A page says"
    assert answered, "our own page was on its way"
