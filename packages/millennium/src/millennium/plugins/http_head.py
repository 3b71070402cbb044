"""Reads the head of an HTTP/1.1 request, and only what no two readers could take in two ways.

1. Lines end with CR LF; no line is folded; a header's name is a token right before its colon.
2. The target is a path (``/…``), never a whole address; visible ASCII only.
3. ``Host`` is there once. No header that rules or describes a request is there twice.
4. There is no body: neither ``Content-Length`` but 0, nor ``Transfer-Encoding``.

Thread: any. Blocking: never.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MAX_HEAD_BYTES = 16 * 1024
MAX_TARGET_CHARS = 4 * 1024
MAX_HEADERS = 64

BAD_REQUEST = 400
TARGET_TOO_LONG = 414
HEAD_TOO_LARGE = 431

_REQUEST_LINE = re.compile(r"([A-Z]{1,16}) (/[\x21-\x7e]*) HTTP/1\.[01]")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}):[ \t]*([\x20-\x7e\t]*)")
_SINGLE = frozenset(
    {"host", "origin", "content-length", "transfer-encoding", "range", "sec-fetch-site",
     "sec-fetch-mode", "sec-fetch-dest"}
)  # fmt: skip


class BadHeadError(ValueError):
    """The head is none that is answered.

    Attributes:
        status: Of the answer.
    """

    def __init__(self, message: str, status: int = BAD_REQUEST) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Request line and headers; names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]


def parse_head(data: bytes) -> Head:
    """Read a head up to and with its empty line.

    Raises:
        BadHeadError: It breaks a rule of this module.
    """
    if len(data) > MAX_HEAD_BYTES:
        raise BadHeadError("the head is too large", HEAD_TOO_LARGE)
    text = data.decode("latin-1")
    lines = text.removesuffix("\r\n\r\n").split("\r\n")
    if not text.endswith("\r\n\r\n") or any("\n" in line or "\r" in line for line in lines):
        raise BadHeadError("lines end with CR LF, the head with an empty one")
    method, target = _request_line(lines[0])
    headers = _headers(lines[1:])
    if "host" not in headers:
        raise BadHeadError("there is no Host")
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        raise BadHeadError("a request here has no body")
    return Head(method=method, target=target, headers=headers)


def _request_line(line: str) -> tuple[str, str]:
    if len(line) > MAX_TARGET_CHARS:
        raise BadHeadError("the address is too long", TARGET_TOO_LONG)
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise BadHeadError("the request line is none of METHOD /path HTTP/1.1")
    return match[1], match[2]


def _headers(lines: list[str]) -> dict[str, str]:
    if len(lines) > MAX_HEADERS:
        raise BadHeadError("there are too many headers", HEAD_TOO_LARGE)
    headers: dict[str, str] = {}
    for line in lines:
        match = _HEADER.fullmatch(line)
        if match is None:
            raise BadHeadError("a header is none of Name: value")
        name, value = match[1].lower(), match[2].strip(" \t")
        if name in headers and name in _SINGLE:
            raise BadHeadError(f"{name} is there twice")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
