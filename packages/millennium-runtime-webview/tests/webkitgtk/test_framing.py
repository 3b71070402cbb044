"""A page that wants to be in no frame is in none."""

from __future__ import annotations

import pytest

from millennium_runtime.request import Response
from millennium_runtime_webview.webkitgtk import framing

NOBODY = (("Content-Security-Policy", "img-src 'self'; frame-ancestors 'none'"),)
OWN = (("content-security-policy", "frame-ancestors 'self'"),)
URL = "millennium://localhost/framed"


@pytest.fixture
def label():
    known = framing.begin("framed")
    yield "framed"
    framing.end("framed", known)


@pytest.mark.parametrize(
    ("policies", "forbids"),
    [
        ("frame-ancestors 'none'", True),
        ("default-src 'self';FRAME-ANCESTORS  'NONE' ; img-src *", True),
        ("frame-ancestors", True),
        ("default-src 'self', frame-ancestors 'none'", True),
        ("frame-ancestors 'self'", False),
        ("frame-ancestors 'none' https://a.org", False),
        ("x-frame-ancestors 'none'", False),
        ("default-src 'none'", False),
        ("", False),
    ],
)
def test_only_none_keeps_everybody_out(policies: str, forbids: bool):
    assert framing.forbids_framing(policies) is forbids


@pytest.mark.parametrize(
    ("headers", "may"), [(NOBODY, False), (OWN, True), ((), True)], ids=["none", "self", "nothing"]
)
def test_a_frame_shows_what_was_answered_for_frames(
    label: str, headers: framing.Headers, may: bool
):
    framing.note_answer(label, URL, headers)
    assert framing.may_be_framed(label, f"{URL}#part") is may


def test_what_was_never_answered_is_not_shown(label: str):
    assert not framing.may_be_framed(label, URL)
    assert not framing.may_be_framed("unknown", URL)


def test_the_last_answer_counts(label: str):
    framing.note_answer(label, URL, OWN)
    framing.note_answer(label, URL, NOBODY)
    assert not framing.may_be_framed(label, URL)


def test_another_window_s_answer_does_not_count(label: str):
    framing.note_answer("other", URL, OWN)
    assert not framing.may_be_framed(label, URL)
    assert not framing.may_be_framed("other", URL)


def test_what_is_remembered_is_limited(label: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(framing, "MAX_ADDRESSES", 2)
    framing.note_answer(label, f"{URL}1", OWN)
    framing.note_answer(label, f"{URL}2", OWN)
    framing.note_answer(label, f"{URL}3", OWN)
    assert not framing.may_be_framed(label, f"{URL}1")
    assert framing.may_be_framed(label, f"{URL}3")


def test_an_ended_window_is_forgotten_but_not_its_successor():
    first = framing.begin("again")
    second = framing.begin("again")
    framing.end("again", first)
    framing.note_answer("again", URL, OWN)
    assert framing.may_be_framed("again", URL)
    framing.end("again", second)
    assert not framing.may_be_framed("again", URL)


@pytest.mark.gui
@pytest.mark.parametrize(
    ("headers", "shown"), [(NOBODY, None), (OWN, "framed")], ids=["refused", "admitted"]
)
def test_a_real_frame_is_shown_or_stays_empty(app, headers: framing.Headers, shown: str | None):
    page = (*headers, ("content-type", "text/html"))
    window = app.open(
        pages={
            "/": Response(headers=page, body=b"<title>page</title>"),
            "/framed": Response(headers=page, body=b"<title>framed</title>"),
        }
    )
    found = window.js(
        "new Promise(done => { const f = document.createElement('iframe'); f.src = '/framed';"
        "document.body.append(f);"
        "setTimeout(() => done(f.contentDocument?.title || null), 500) })"
    )
    assert found == shown
