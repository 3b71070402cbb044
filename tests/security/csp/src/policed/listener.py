"""Somebody else's server on this machine: hears who speaks to it, and answers with attacks."""

from __future__ import annotations

import socket
import threading
from http.server import (  # noqa: TID251 - a stranger, not the app
    BaseHTTPRequestHandler,
    ThreadingHTTPServer,
)
from urllib.parse import urlsplit

ANSWERS = {
    "script": ("text/javascript", "parent.mark('foreign script')"),
    "module": ("text/javascript", "mark('foreign module')"),
    "imported": ("text/javascript", "self.heard('imported script')"),
    "style": ("text/css", "#foreign-style { color: rgb(1, 2, 3) }"),
    "frame": ("text/html", "<script>parent.postMessage('foreign frame', '*')</script>"),
    "object": ("text/html", "<script>parent.postMessage('foreign object', '*')</script>"),
    "embed": ("text/html", "<script>parent.postMessage('foreign embed', '*')</script>"),
}
"""Way → media type and text; anything else is an empty answer."""

heard: set[tuple[str, str]] = set()
"""Label of the window that spoke, and in which way."""


class _Listener(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        _, label, way = f"{urlsplit(self.path).path}//".split("/")[:3]
        heard.add((label, way))
        if "millennium:" in self.headers.get("referer", ""):
            heard.add((label, "referer"))
        kind, text = ANSWERS.get(way, ("text/plain", ""))
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(text)))
        self.send_header("access-control-allow-origin", "*")
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = do_OPTIONS = do_HEAD = _answer  # noqa: N815 - named by http.server

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def listen() -> str:
    """Start listening; return the origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def listen_for_connections(label: str) -> str:
    """Hear whether a window connects to an origin, though it says nothing; return the origin."""
    server = socket.create_server(("127.0.0.1", 0))  # noqa: TID251 - a stranger, not the app

    def accept() -> None:
        server.accept()
        heard.add((label, "preconnect"))

    threading.Thread(target=accept, daemon=True).start()
    return f"http://127.0.0.1:{server.getsockname()[1]}"


def told_by(label: str) -> list[str]:
    """Return in which ways a window spoke to us."""
    return sorted(way for speaker, way in heard if speaker == label)
