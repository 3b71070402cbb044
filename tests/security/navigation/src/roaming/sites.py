"""Two web origins on this machine: one the app allows its windows to go to, one it does not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer  # noqa: TID251 - not ours
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

FOREIGN = Path(__file__).parents[2] / "foreign"
ALLOWED, OTHER = "127.0.0.1", "127.0.0.2"

arrived: list[str] = []
"""``host path`` of each document that was asked for."""


_takers: list[Callable[[str], None]] = []


class Handler(BaseHTTPRequestHandler):
    """Has pages, redirects to anywhere, and takes reports."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a request."""
        address = urlsplit(self.path)
        if address.path == "/told":
            _takers[0](unquote(address.query))
            self._answer(204)
        elif address.path == "/redirect":
            self._answer(302, ("location", parse_qs(address.query)["to"][0]))
        elif address.path.endswith(".html"):
            arrived.append(f"{self.connection.getsockname()[0]} {address.path}")
            self._answer(200, body=(FOREIGN / address.path[1:]).read_bytes())
        else:
            self._answer(404)

    def do_POST(self) -> None:
        """Answer a form."""
        self.rfile.read(int(self.headers.get("content-length", "0")))
        self.do_GET()

    def _answer(self, status: int, *headers: tuple[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in (*headers, ("content-length", str(len(body)))):
            self.send_header(name, value)
        if body:
            self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def start(take: Callable[[str], None]) -> tuple[str, str]:
    """Serve both origins; return them.

    Args:
        take: Told the JSON that a foreign page reports.
    """
    _takers.append(take)
    first = ThreadingHTTPServer((ALLOWED, 0), Handler)
    port = first.server_port
    for server in (first, ThreadingHTTPServer((OTHER, port), Handler)):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://{ALLOWED}:{port}", f"http://{OTHER}:{port}"
