"""Files outside the app that a page may show: pictures, sound, video, fonts.

``millennium://localhost/__millennium/asset/<the path, percent-encoded as one name>``

1. Off unless ``allowlist.protocol.asset`` or ``security.asset-protocol.enable`` is on.
2. Only a document of a trusted origin, committed in the asking window, gets any; and only files in
   that window's scope, decided and opened as the files API does (`FsScope`, `millennium.files`).
3. Only GET and HEAD. Never a page: a navigation is refused, no file has a type that is run or
   styles (HTML, scripts and sheets are plain text), and the policy of an SVG is an empty sandbox.
4. No other origin may use or read them: no ``Access-Control-Allow-Origin``.
5. Large files are sent in parts while they are read; at most `MAX_OPEN_FILES` at once, for a
   window that asks for more gets 503.

Thread: any. Blocking: looks at one path and reads at most `SMALL_BYTES`.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
from collections.abc import Callable, Iterator
from io import FileIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

from millennium.assets.key import AssetKey
from millennium.assets.mime import mime_of
from millennium.assets.protocol import is_navigation
from millennium.assets.range import UnsatisfiableRangeError, parse_range
from millennium.assets.resolver import OUTSIDE_PREFIX
from millennium.errors import OutOfScopeError
from millennium.files import open_file
from millennium.security.headers import FIXED_HEADERS, NOTHING_POLICY, POLICY_HEADER, Headers
from millennium.security.scope import FsScope
from millennium_runtime.request import Request, Response

MAX_OPEN_FILES = 32
PART_BYTES = 256 * 1024
SMALL_BYTES = 256 * 1024

_POLICY = f"{NOTHING_POLICY}; sandbox"
_POLICY_OF_USE = "cross-origin-resource-policy"
_SHARED_HEADERS: Headers = (
    *(each for each in FIXED_HEADERS if each[0] != _POLICY_OF_USE),
    (_POLICY_OF_USE, "cross-origin"),
)
_PLAIN = "text/plain; charset=utf-8"
_ACTIVE = frozenset({".css", ".htm", ".html", ".js", ".mjs", ".wasm", ".xhtml", ".xml"})
_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG})

_log = logging.getLogger("millennium.assets")

FindScope = Callable[[], FsScope | None]
"""Returns what the window's document may show; None where that is nothing at all."""


class OutsideFiles:
    """Answers one window's requests for files outside the app.

    Args:
        find_scope: Asked at each request.
        is_developed: Whether a development server, another origin, has the page: it may show them.
    """

    def __init__(self, find_scope: FindScope, *, is_developed: bool = False) -> None:
        self._find_scope = find_scope
        self._fixed = _SHARED_HEADERS if is_developed else FIXED_HEADERS
        self._places = threading.BoundedSemaphore(MAX_OPEN_FILES)

    def serve(self, request: Request) -> Response:
        """Return the one answer to `request`; never raises for what a page may send."""
        if request.method not in ("GET", "HEAD"):
            return _refusal(405, ("allow", "GET, HEAD"))
        scope = self._find_scope()
        if scope is None or is_navigation(request):  # (2), (3)
            return _refusal(403)
        try:
            path = scope.check_read(_path_of(request.uri))
            file = open_file(path)
        except (OutOfScopeError, UnicodeDecodeError):
            return _refusal(403)
        except OSError as error:
            return _refusal(404 if error.errno in _NOT_THERE else 403)
        return self._answer(file, path, request)

    def _answer(self, file: FileIO, path: Path, request: Request) -> Response:
        status = os.fstat(file.fileno())
        size = status.st_size
        headers = (*_headers(path, f'"{status.st_mtime_ns:x}-{size:x}"'), *self._fixed)
        try:
            part = _part_of(request, size, dict(headers)["etag"])
        except UnsatisfiableRangeError:
            file.close()
            return _refusal(416, ("content-range", f"bytes */{size}"))
        if part is None:
            return self._send(file, range(size), request, Response(headers=headers))
        where = ("content-range", f"bytes {part.start}-{part.stop - 1}/{size}")
        return self._send(file, part, request, Response(status=206, headers=(*headers, where)))

    def _send(self, file: FileIO, part: range, request: Request, answer: Response) -> Response:
        headers = (*answer.headers, ("content-length", str(len(part))))
        if request.method == "HEAD" or len(part) <= SMALL_BYTES:
            with file:
                file.seek(part.start)
                body = b"" if request.method == "HEAD" else file.read(len(part))
            return Response(status=answer.status, headers=headers, body=body)
        if not self._places.acquire(blocking=False):  # (5)
            file.close()
            return _refusal(503)
        stream = FileStream(file, part, self._places.release)
        return Response(status=answer.status, headers=headers, body=stream)


class FileStream(Iterator[bytes]):
    """A part of a file, piece by piece; closed at its end, or when nobody wants it any more."""

    def __init__(self, file: FileIO, part: range, on_close: Callable[[], None]) -> None:
        self._file = file
        self._left = len(part)
        self._on_close = on_close
        file.seek(part.start)

    def __next__(self) -> bytes:
        """Return the next piece."""
        piece = b"" if self._file.closed else self._file.read(min(self._left, PART_BYTES))
        if not piece:
            self.close()
            raise StopIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """Let go of the file."""
        if not self._file.closed:
            self._file.close()
            self._on_close()

    def __del__(self) -> None:
        """Let go of what nobody ever read."""
        self.close()


def _path_of(uri: str) -> str:
    """Return the path that an address names; only one name, decoded once, follows the prefix."""
    name = urlsplit(uri).path.removeprefix(OUTSIDE_PREFIX)
    if "/" in name:
        raise OutOfScopeError("a path must be encoded as one name")
    return unquote(name, errors="strict")


def _part_of(request: Request, size: int, etag: str) -> range | None:
    condition = request.headers.get("if-range", etag)
    if "range" not in request.headers or request.method == "HEAD" or condition != etag:
        return None
    return parse_range(request.headers["range"], size)


def _headers(path: Path, etag: str) -> Headers:
    suffix = AssetKey(path.name).suffix
    return (
        ("content-type", _PLAIN if suffix in _ACTIVE else mime_of(suffix)),  # (3)
        ("cache-control", "no-cache"),
        ("etag", etag),
        ("accept-ranges", "bytes"),
        (POLICY_HEADER, _POLICY),
    )


def _refusal(status: int, *extra: tuple[str, str]) -> Response:
    _log.debug("a file outside the app was refused with %s", status)
    headers = (("cache-control", "no-store"), (POLICY_HEADER, _POLICY), *FIXED_HEADERS, *extra)
    return Response(status=status, headers=headers)
