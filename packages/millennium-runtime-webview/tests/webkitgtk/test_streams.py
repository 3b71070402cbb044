"""Bodies that are made while they are read."""

from __future__ import annotations

import threading

import pytest

from millennium_runtime.request import Response

pytestmark = pytest.mark.gui
ORIGIN = "millennium://localhost"
READ = """(async () => {
  const reader = (await fetch('/stream')).body.getReader();
  const text = async () => new TextDecoder().decode((await reader.read()).value);
  const first = await text();
  await fetch('/seen');
  return [first, await text()];
})()"""


def test_the_page_reads_the_beginning_before_the_end_is_made(app):
    window = app.open()
    seen = threading.Event()

    def chunks():
        yield b"first"
        yield b"second" if seen.wait(10) else b"too late"

    def heard():
        seen.set()
        yield b"heard"

    window.pages = {"/stream": Response(body=chunks()), "/seen": Response(body=heard())}
    assert window.js(READ) == ["first", "second"]


def test_a_stream_nobody_reads_any_more_is_closed(app):
    window = app.open()
    closed = threading.Event()

    def endless():
        try:
            while True:
                yield b"x" * 65536
        finally:
            closed.set()

    window.pages = {"/stream": Response(body=endless())}
    window.js(
        "(async () => { const abort = new AbortController();"
        " const answer = await fetch('/stream', { signal: abort.signal });"
        " await answer.body.getReader().read(); abort.abort() })()"
    )
    assert closed.wait(10)
