"""A site that answers one request, whole."""

from __future__ import annotations

import re
import socket


def answer_once(connection: socket.socket, status: str, body: bytes) -> None:  # noqa: TID251 - the test's site
    """Read one request to its end, and answer it."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65_536)
    head, _, rest = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *([0-9]+)", head)
    left = int(length[1]) - len(rest) if length else 0
    while left > 0:
        left -= len(connection.recv(65_536))
    connection.sendall(f"HTTP/1.0 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
