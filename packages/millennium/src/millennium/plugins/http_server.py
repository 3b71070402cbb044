"""A small HTTP server for this machine only: one request a connection, limits on everything.

1. It binds 127.0.0.1 and nothing else, and that cannot be configured.
2. A head that is not complete after `HEAD_SECONDS` is answered with 408, an answer that is not
   taken after `ANSWER_SECONDS` is dropped, and more than `MAX_CONNECTIONS` at once are closed
   unheard.
3. Each connection ends with its answer: what comes behind a head is read away, for closing with
   unread bytes resets the connection and takes the answer with it; `MAX_UNREAD_BYTES` in
   `LINGER_SECONDS`.

Its own thread has the loop; answers are made there, so they must be quick.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import Callable

from millennium.plugins.http_head import (
    HEAD_TOO_LARGE,
    MAX_HEAD_BYTES,
    BadHeadError,
    Head,
    parse_head,
)
from millennium.security.headers import BARE_HEADERS
from millennium_runtime.request import Response

HOST = "127.0.0.1"
MAX_CONNECTIONS = 64
HEAD_SECONDS = 5.0
ANSWER_SECONDS = 30.0
LINGER_SECONDS = 2.0
MAX_UNREAD_BYTES = 1024 * 1024
BACKLOG = 64

_STOP_POLL_SECONDS = 0.01
REQUEST_TIMEOUT = 408
FAILED = 500
_HEAD_END = b"\r\n\r\n"
_REASONS = {200: "OK", 206: "Partial Content", 304: "Not Modified", 404: "Not Found"}


class LoopbackServer:
    """Listens from the moment it is made until `close`. Thread: any.

    Args:
        port: Where; 0 for one that the system chooses.
        answer: Makes the answer to a head; runs on the server's thread. One that fails is a 500.

    Raises:
        OSError: The port is taken.

    Attributes:
        port: Where it listens.
    """

    def __init__(self, port: int, answer: Callable[[Head], Response]) -> None:
        self._answer = answer
        self._socket = _bind(port)
        self.port: int = self._socket.getsockname()[1]
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="millennium-localhost", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and drop what is under way."""
        with contextlib.suppress(RuntimeError):  # it was closed before
            self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(  # noqa: TID251 - the one place, and only on loopback
            self._talk, sock=self._socket, limit=MAX_HEAD_BYTES
        )
        await self._stopped.wait()
        server.close()
        while self._open:
            for writer in self._open:
                writer.transport.abort()
            await asyncio.sleep(_STOP_POLL_SECONDS)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._open) >= MAX_CONNECTIONS:  # (2)
            writer.transport.abort()
            return
        self._open.add(writer)
        try:
            method, response = await self._hear(reader)
            writer.write(render(method, response))
            await asyncio.wait_for(writer.drain(), ANSWER_SECONDS)
            await asyncio.wait_for(_read_away(reader, writer), LINGER_SECONDS)  # (3)
            writer.close()
            await asyncio.wait_for(writer.wait_closed(), ANSWER_SECONDS)
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            writer.transport.abort()
        finally:
            self._open.remove(writer)

    async def _hear(self, reader: asyncio.StreamReader) -> tuple[str, Response]:
        """Return the method and the answer of what was read."""
        try:
            data = await asyncio.wait_for(reader.readuntil(_HEAD_END), HEAD_SECONDS)
            head = parse_head(data)
        except TimeoutError:
            return "", refusal(REQUEST_TIMEOUT)
        except asyncio.LimitOverrunError:
            return "", refusal(HEAD_TOO_LARGE)
        except BadHeadError as error:
            return "", refusal(error.status)
        try:
            return head.method, self._answer(head)
        except Exception:  # noqa: BLE001 - nobody learns more than that it failed
            return head.method, refusal(FAILED)


async def _read_away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write_eof()
    left = MAX_UNREAD_BYTES
    while left > 0 and (part := await reader.read(left)):
        left -= len(part)


def refusal(status: int) -> Response:
    """Return an answer without content."""
    headers = (("content-length", "0"), ("cache-control", "no-store"), *BARE_HEADERS)
    return Response(status=status, headers=headers)


def render(method: str, response: Response) -> bytes:
    """Return a whole answer, as it is sent; HEAD gets no body."""
    body = response.body if isinstance(response.body, bytes | memoryview) else b""
    lines = [f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Refused')}"]
    lines += [f"{name}: {value}" for name, value in (*response.headers, ("connection", "close"))]
    head = "\r\n".join((*lines, "", "")).encode("latin-1")
    return head if method == "HEAD" else head + body


def _bind(port: int) -> socket.socket:  # noqa: TID251 - loopback only
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)  # noqa: TID251 - loopback only
    try:
        if os.name == "posix":  # pragma: no branch - elsewhere it would let others take the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))  # (1)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
