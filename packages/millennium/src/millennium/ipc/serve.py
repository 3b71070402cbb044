"""Serve ``/__millennium/ipc/``: bytes and large JSON, admitted by a ticket in a header.

1. The request comes from this window (where the engine can say) and names no other origin than the
   document's.
2. The document was greeted, and its origin is trusted.
3. The ticket is one of this document's for this direction; it is used up now.
4. An upload has exactly the announced length. Only now is its body read.

A refused request learns a code; its body is never touched.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from millennium.errors import IpcError, MillenniumError, NotAllowedError, TooLargeError, WireError
from millennium.ipc.dispatch import Dispatch
from millennium.ipc.document import Document
from millennium.ipc.encoding import encode
from millennium.ipc.transfer import JSON_TYPE, TICKET_HEADER, Download, Upload
from millennium.security.headers import BARE_HEADERS
from millennium_runtime.request import Request, Responder, Response

_log = logging.getLogger("millennium.ipc")

_OK = 200
_NO_CONTENT = 204
_FORBIDDEN = 403


class ByteService:
    """The byte path of one window. Thread: main."""

    def __init__(self, label: str, dispatch: Dispatch, note: Callable[[str], None]) -> None:
        self._label = label
        self._dispatch = dispatch
        self._note = note

    def serve(self, document: Document, request: Request, responder: Responder) -> None:
        """Answer one request; every request is answered."""
        try:
            answer = self._answer(document, request)
        except IpcError as refused:
            self._note(refused.message)
            answer = _refusal(refused)
        except Exception:  # noqa: BLE001 - fail closed: an error in deciding is a refusal
            _log.exception("window %s: a byte request could not be handled", self._label)
            answer = _refusal(NotAllowedError("it could not be handled"))
        responder(_with_headers(answer, document, request))

    def _answer(self, document: Document, request: Request) -> Response:
        # (1) the ticket alone would do; this keeps a leaked one useless
        if request.window not in ("", self._label):
            raise NotAllowedError("a byte request from another window")
        if request.headers.get("origin", str(document.origin)) != str(document.origin):
            raise NotAllowedError("a byte request from another origin")
        # (2) the same as the gate's third check
        if not (document.is_greeted and document.standing.is_trusted):
            raise NotAllowedError("a byte request before the hello, or of a foreign document")
        ticket = request.headers.get(TICKET_HEADER, "")
        match request.method:
            case "GET":
                return _download(document.transfers.take_download(ticket))
            case "POST":
                return self._upload(document, document.transfers.take_upload(ticket), request)
            case "OPTIONS":
                return Response(status=_NO_CONTENT)
        raise NotAllowedError("a byte request that is neither GET nor POST")

    def _upload(self, document: Document, upload: Upload, request: Request) -> Response:
        # (4) before and after reading
        length = upload.extended.length
        if request.headers.get("content-length", str(length)) != str(length):
            raise WireError("an upload is not as long as announced")
        try:
            body = request.read_body(length)
        except ValueError as error:
            raise TooLargeError("an upload is longer than announced") from error
        if len(body) != length:
            raise WireError("an upload is shorter than announced")
        self._dispatch.receive(document, upload, body)
        return Response(status=_NO_CONTENT)


def _download(download: Download) -> Response:
    return Response(
        status=_OK, headers=(("content-type", download.content_type),), body=download.data
    )


def _refusal(error: MillenniumError) -> Response:
    return Response(
        status=_FORBIDDEN,
        headers=(("content-type", JSON_TYPE),),
        body=encode(error.to_page()),
    )


def _with_headers(answer: Response, document: Document, request: Request) -> Response:
    """Add what every answer has; a development server's page is of another origin than ours."""
    headers = [
        *answer.headers,
        ("cache-control", "no-store"),
        *BARE_HEADERS,
    ]
    if document.standing.is_trusted and request.headers.get("origin") == str(document.origin):
        headers += [
            ("access-control-allow-origin", str(document.origin)),
            ("access-control-allow-headers", f"{TICKET_HEADER}, content-type"),
        ]
    return Response(status=answer.status, headers=tuple(headers), body=answer.body)
