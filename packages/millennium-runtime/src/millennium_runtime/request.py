"""Request and response of a custom URI scheme: plain data, answered in process.

Rules every implementation keeps (the conformance suite checks them):

1. A request carries method, URI without fragment, headers with lower-case names, the asking
   window's label, and a way to read its body up to a limit.
2. Status, headers and body reach the page as they were given; a body in chunks is read on a
   thread of its own and reaches the page whole and in order.
3. A request may be answered later and from any thread. A second answer is dropped and logged. When
   the protocol raises, the request fails with 500 or as a network error. An answer for a window
   that is gone does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of a page to a scheme we serve.

    Attributes:
        method: Upper case ("GET").
        uri: The full URI as the engine gave it, fragment removed.
        headers: Names in lower case.
        window: Label of the asking window; "" when the engine cannot say.
        read_body: Read the body, at most `max_bytes` bytes. DANGER: on WebKitGTK a Blob body ends
            the process; call it only after a one-use ticket in a header proved that our own
            bootstrap made the request. Raises ValueError when the body is larger.
    """

    method: str
    uri: str
    headers: Mapping[str, str] = field(default_factory=dict)
    window: str = ""
    read_body: Callable[[int], bytes] = field(default=lambda _max_bytes: b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The one answer to a request.

    Attributes:
        status: 100 to 599.
        headers: Pairs, order kept; "content-type" is required when there is a body.
        body: All of it, or chunks in order; an iterable is read on a thread of its own.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | memoryview | Iterable[bytes] = b""


Responder = Callable[[Response], None]
"""Answers one request, once, from any thread. A second answer is an error in the log."""

UriSchemeProtocol = Callable[[Request, Responder], None]
"""Serves a scheme. Thread: main. Must not block; must answer sooner or later."""
