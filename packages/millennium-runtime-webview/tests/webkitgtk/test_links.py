"""Links that leave, in the real engine: only the user's click is told to anybody."""

from __future__ import annotations

import time

import pytest

from millennium_runtime.request import Response

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("window_manager")]
ORIGIN = "millennium://localhost"
HTML = (("content-type", "text/html; charset=utf-8"),)
AWAY = "https://example.org/?secret=1"
A_WHILE = "new Promise(done => setTimeout(done, 500))"
LINK = f"<a href='{AWAY}' style='position:fixed;inset:0'>away</a>"
BLANK_LINK = f"<a target='_blank' href='{AWAY}' style='position:fixed;inset:0'>away</a>"


def eventually(question):
    end = time.monotonic() + 10
    while not (answer := question()) and time.monotonic() < end:
        time.sleep(0.02)
    return answer


def open_page(app, text):
    page = Response(headers=HTML, body=f"<!doctype html>{text}".encode())
    return app.open(pages={"/": page}, is_allowed=lambda url: url.startswith(ORIGIN))


def click(press, shown):
    shown.dispatcher.set_focus()
    assert eventually(shown.dispatcher.is_focused)
    # By place, not by name: GTK keeps windows of the app's name for what is dragged.
    place = shown.dispatcher.inner_position()
    shown.js("void (window.entered = new Promise(done => addEventListener('mousemove', done)))")
    press("mousemove", str(place.x + 80), str(place.y + 80), "mousemove_relative", "10", "10")
    shown.js("window.entered.then(() => 1)")
    press("click", "1")


@pytest.mark.parametrize(
    "text",
    [
        f"<script>location = '{AWAY}'</script>",
        f"<script>addEventListener('load', () => location.assign('{AWAY}'))</script>",
        f"{LINK}<script>document.querySelector('a').click()</script>",
        f"{BLANK_LINK}<script>document.querySelector('a').click()</script>",
        f"<iframe src='{AWAY}'></iframe>",
        f"<meta http-equiv='refresh' content='0;url={AWAY}'>",
        f"<form action='{AWAY}'></form><script>document.forms[0].submit()</script>",
    ],
    ids=["script", "after-load", "clicked-by-script", "blank-by-script", "frame", "meta", "form"],
)
def test_what_nobody_clicked_is_told_to_nobody(app, text):
    shown = open_page(app, text)
    shown.js(A_WHILE)
    assert shown.popups == []
    assert shown.dispatcher.url() == f"{ORIGIN}/"


@pytest.mark.parametrize("text", [LINK, BLANK_LINK], ids=["plain", "new-window"])
def test_a_clicked_link_is_told_once(app, press, text):
    shown = open_page(app, text)
    click(press, shown)
    assert eventually(lambda: shown.popups)
    shown.js(A_WHILE)
    assert shown.popups == [AWAY]
    assert shown.dispatcher.url() == f"{ORIGIN}/"


MANY = """<body style='height: 300px'><script>
addEventListener('click', event => {
  if (!event.isTrusted) return
  for (let number = 0; number < 50; number++) {
    const link = document.createElement('a')
    Object.assign(link, { target: '_blank', href: `https://example.org/?${number}` })
    document.body.append(link)
    link.click()
    open(`https://example.org/?w${number}`)
  }
})
</script>"""


def test_one_click_opens_one_address(app, press):
    shown = open_page(app, MANY)
    click(press, shown)
    assert eventually(lambda: shown.popups)
    shown.js(A_WHILE)
    assert shown.popups == ["https://example.org/?0"]


def test_the_next_click_opens_the_next(app, press):
    shown = open_page(app, BLANK_LINK)
    click(press, shown)
    assert eventually(lambda: shown.popups)
    shown.js("new Promise(done => setTimeout(done, 1100))")
    press("click", "1")
    assert eventually(lambda: len(shown.popups) == 2)
