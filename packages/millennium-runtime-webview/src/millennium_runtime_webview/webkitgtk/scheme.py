"""Our URI schemes, answered in process: requests in as plain data, responses out as streams.

Danger, kept here in one place: WebKitGTK's `get_http_body` ends the process when the body is a
Blob. It is called by `Request.read_body` only, which a protocol calls only after a ticket proved
that our own bootstrap made the request (and that never sends Blobs).
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable
from functools import partial
from io import BytesIO
from urllib.parse import urldefrag

from millennium_runtime.request import Request, Responder, Response, UriSchemeProtocol
from millennium_runtime_webview.webkitgtk.bindings import Gio, GLib, Native, Soup, WebKit2
from millennium_runtime_webview.webkitgtk.framing import note_answer

MAX_URI_CHARS = 64 * 1024  # of a request's address
MAX_HEADERS = 128  # of a request
MAX_HEADER_BYTES = 64 * 1024  # of all headers of a request, names and values
URI_TOO_LONG = 414
HEADERS_TOO_LARGE = 431

READ_BYTES = 1 << 18
"""Of a body at once: each part is copied twice more, in the processor's cache if it is small."""

BARE_HEADERS = (
    (
        "content-security-policy",
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
)
"""Of the answers that no protocol gives: opened as a page, such an answer can do nothing."""

FindProtocol = Callable[[Native, str], tuple[str, UriSchemeProtocol | None]]
"""Returns the label and the protocol for a webview (None when unknown) and a scheme."""
Post = Callable[[Callable[[], None]], None]

log = logging.getLogger(__name__)


def register(context: Native, scheme: str, find: FindProtocol, post: Post) -> None:
    """Serve `scheme` for all webviews of a context."""
    security = context.get_security_manager()
    security.register_uri_scheme_as_secure(scheme)
    security.register_uri_scheme_as_cors_enabled(scheme)

    def on_request(native: Native) -> None:
        label, protocol = find(native.get_web_view(), scheme)
        held = NativeRequest(native, post)
        answer = Answer(held, post)
        if protocol is None:
            answer(Response(status=404, headers=BARE_HEADERS))
            return
        try:
            request = read_request(held, label)
            protocol(request, _noting(request, answer))
        except TooLargeRequestError as error:
            log.debug("a request of window %r is refused: %s", label, error)
            answer(Response(status=error.status, headers=BARE_HEADERS))
        except Exception:
            log.exception("the protocol %r of window %r failed", scheme, label)
            answer.fail()

    context.register_uri_scheme(scheme, on_request)


class TooLargeRequestError(ValueError):
    """A request is over a limit.

    Attributes:
        status: Of the answer.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def _noting(request: Request, answer: Responder) -> Responder:
    def respond(response: Response) -> None:
        note_answer(request.window, request.uri, response.headers)
        answer(response)

    return respond


class NativeRequest:
    """Holds a native request; whoever lets go of it last, it is freed on the main thread."""

    __slots__ = ("_post", "_thread", "native")

    def __init__(self, native: Native, post: Post) -> None:
        self.native = native
        self._post = post
        self._thread = threading.get_ident()

    def __del__(self) -> None:
        """Send it home: freed on another thread it ends the process."""
        if threading.get_ident() != self._thread:
            self._post(partial(_let_go, [self.native]))


def read_request(held: NativeRequest, label: str) -> Request:
    """Turn a native request into plain data; its body stays where it is.

    Raises:
        TooLargeRequestError: Its address is too long, or its headers are too many or too large.
    """
    native = held.native
    uri = native.get_uri()
    if len(uri) > MAX_URI_CHARS:
        raise TooLargeRequestError("its address is too long", URI_TOO_LONG)
    return Request(
        method=str(native.get_http_method()),
        uri=urldefrag(uri).url,
        headers=_headers(native.get_http_headers()),
        window=label,
        read_body=lambda max_bytes: _read_body(held.native, max_bytes),
    )


def _headers(fields: Native | None) -> dict[str, str]:
    headers: dict[str, str] = {}
    size = count = 0

    def add(name: str, value: str) -> None:
        nonlocal size, count
        size += len(name) + len(value)
        count += 1
        if count <= MAX_HEADERS and size <= MAX_HEADER_BYTES:
            headers[name.lower()] = value

    if fields is not None:
        fields.foreach(add)
    if count > MAX_HEADERS or size > MAX_HEADER_BYTES:
        raise TooLargeRequestError("its headers are too many or too large", HEADERS_TOO_LARGE)
    return headers


def _read_body(native: Native, max_bytes: int) -> bytes:
    stream = native.get_http_body()
    whole = BytesIO()
    while stream is not None:
        part = stream.read_bytes(READ_BYTES, None).get_data()
        if not part:
            break
        if whole.tell() + len(part) > max_bytes:
            message = f"the body is larger than {max_bytes} bytes"
            raise ValueError(message)
        whole.write(part)
    return whole.getvalue()


class Answer:
    """Answers one native request, once, from any thread."""

    __slots__ = ("_held", "_lock", "_post", "_thread")

    def __init__(self, held: NativeRequest, post: Post) -> None:
        self._held: NativeRequest | None = held
        self._post = post
        self._thread = threading.get_ident()
        self._lock = threading.Lock()

    def __call__(self, response: Response) -> None:
        """Send the response."""
        held = self._take()
        if held is None:
            log.error("a request was answered twice; the second answer is dropped")
        elif threading.get_ident() == self._thread:
            _finish(held, response)
        else:
            self._post(partial(_finish, held, response))

    def fail(self) -> None:
        """Answer with an error, unless there was an answer."""
        held = self._take()
        if held is not None:
            _finish(held, Response(status=500, headers=BARE_HEADERS))

    def __del__(self) -> None:
        """Answer what nobody answered: the page must not wait for ever."""
        held = self._held
        if held is not None:
            self._post(partial(_finish, held, Response(status=500, headers=BARE_HEADERS)))

    def _take(self) -> NativeRequest | None:
        with self._lock:
            held, self._held = self._held, None
        return held


def _let_go(held: list[Native]) -> None:
    held.clear()


def _finish(held: NativeRequest, response: Response) -> None:
    stream, length = _stream(response.body)
    answer = WebKit2.URISchemeResponse.new(stream, length)
    answer.set_status(response.status, None)
    fields = Soup.MessageHeaders.new(Soup.MessageHeadersType.RESPONSE)
    for name, value in response.headers:
        fields.append(name, value)
        if name.lower() == "content-type":
            answer.set_content_type(value)
    answer.set_http_headers(fields)
    held.native.finish_with_response(answer)


def _stream(body: bytes | memoryview | Iterable[bytes]) -> tuple[Native, int]:
    if isinstance(body, memoryview):
        body = body.tobytes()
    if isinstance(body, bytes):
        return Gio.MemoryInputStream.new_from_bytes(GLib.Bytes.new(body)), len(body)
    reader, writer = os.pipe()
    threading.Thread(
        target=_pump, args=(body, writer), name="millennium-stream", daemon=True
    ).start()
    return Gio.UnixInputStream.new(reader, True), -1


def _pump(chunks: Iterable[bytes], writer: int) -> None:
    """Write the chunks until they end, fail, or nobody reads any more."""
    try:
        with os.fdopen(writer, "wb", buffering=0) as pipe:
            for chunk in chunks:
                _write_all(pipe, chunk)
    except BrokenPipeError:
        log.debug("the page stopped reading a stream")
    except Exception:
        log.exception("a streamed response failed; the page sees a short body")
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


def _write_all(pipe: Native, chunk: bytes) -> None:  # a raw binary file
    rest = memoryview(chunk)
    while rest:
        rest = rest[pipe.write(rest) :]
