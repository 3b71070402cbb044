"""The server below the localhost plug-in, with answers that fail, are large, or nobody takes."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import Any

import pytest

from millennium.plugins import http_server
from millennium.plugins.http_head import Head
from millennium.plugins.http_server import HOST, LoopbackServer, refusal, render
from millennium_runtime.request import Response

PATIENCE_SECONDS = 10


def ask(server: LoopbackServer, request: bytes) -> bytes:
    with socket.create_connection((HOST, server.port), timeout=PATIENCE_SECONDS) as line:
        line.sendall(request)
        return line.recv(1 << 20)


def taken(line: Any) -> int:
    """Return how many bytes come until the other side gives up."""
    got = 0
    with suppress(ConnectionResetError):
        while part := line.recv(1 << 20):
            got += len(part)
    return got


def wait_until_dropped(server: LoopbackServer) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while server._open:
        assert time.monotonic() < end, "the answer is still kept"
        time.sleep(0.01)


def test_an_answer_that_fails_is_an_error_and_no_end() -> None:
    def fail(_head: Head) -> Response:
        raise LookupError("asked to fail")

    server = LoopbackServer(0, fail)
    request = f"GET / HTTP/1.1\r\nHost: {HOST}:{server.port}\r\n\r\n".encode()
    answers = [ask(server, request) for _ in range(2)]
    server.close()

    assert [answer[:12] for answer in answers] == [b"HTTP/1.1 500", b"HTTP/1.1 500"]


def test_an_answer_nobody_takes_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "ANSWER_SECONDS", 0.2)
    body = b"x" * 50_000_000
    asked = threading.Event()

    def answer(_head: Head) -> Response:
        asked.set()
        return Response(body=body)

    server = LoopbackServer(0, answer)
    with socket.socket() as line:  # noqa: TID251 - a client with a small buffer
        # A system that buffers much would take the whole answer for a page that takes nothing.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        line.settimeout(PATIENCE_SECONDS)
        line.connect((HOST, server.port))
        line.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        assert asked.wait(PATIENCE_SECONDS)
        wait_until_dropped(server)
        got = taken(line)
    server.close()

    assert got < len(body)


def test_a_streamed_body_is_none_here() -> None:
    assert render("GET", Response(body=iter([b"x"]))).endswith(b"\r\n\r\n")
    assert render("GET", refusal(404)).startswith(b"HTTP/1.1 404 Not Found\r\n")


def test_what_is_under_way_ends_with_the_server() -> None:
    server = LoopbackServer(0, lambda _: Response(body=b"x"))
    with socket.create_connection((HOST, server.port), timeout=PATIENCE_SECONDS) as line:
        line.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        assert line.recv(1 << 20).endswith(b"x")
        server.close()

        assert taken(line) == 0
