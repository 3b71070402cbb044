"""A site on this machine that remembers who was named as the one who sent its visitors."""

from __future__ import annotations

import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer  # noqa: TID251 - a site to attack

referrers: dict[str, str] = {}
"""Path → what was named; "" if nobody."""


class Site(BaseHTTPRequestHandler):
    """Answers everything with an empty page."""

    def do_GET(self) -> None:
        referrers[self.path] = self.headers.get("Referer", "")
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(b"<!doctype html>")

    def log_message(self, *_: object) -> None:
        return


def start() -> str:
    """Serve until the process ends; return the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    named = urllib.request.Request(
        f"{address}/control", headers={"Referer": "millennium://control"}
    )
    with urllib.request.urlopen(named, timeout=10):
        return address
