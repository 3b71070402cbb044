"""Bytes and large JSON between page and host: tickets, used once, and what they admit.

A ticket is bound to one document (whose own store it is kept in), direction, call and, for
uploads, command and length. It travels in a header; the path is the same for all, so nothing that
records URLs learns it. A body is read only when its ticket was valid: on WebKitGTK reading the body
of a request that the page made by itself can end the process.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field

from millennium.errors import NotAllowedError, TooLargeError
from millennium.ipc.command import Command
from millennium.ipc.limits import MAX_BODY_BYTES, MAX_JSON_BYTES, MAX_PARKED_BYTES, MAX_TICKETS
from millennium.ipc.wire import Extended

TICKET_BYTES = 16
TICKET_HEADER = "x-millennium-ticket"
OCTETS = "application/octet-stream"
JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What a POST with this ticket must be."""

    call: int
    command: Command
    extended: Extended


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What a GET with this ticket receives."""

    call: int
    data: bytes = field(repr=False)
    content_type: str


class Transfers:
    """The outstanding tickets of one document. Thread: main, except `park`."""

    def __init__(self) -> None:
        self._uploads: dict[str, Upload] = {}
        self._downloads: dict[str, Download] = {}
        self._parked_bytes = 0
        self._lock = threading.Lock()

    def expect(self, upload: Upload) -> str:
        """Return a ticket for an upload of exactly the announced length.

        Raises:
            TooLargeError: It is over the limit of its kind, or too many are outstanding.
        """
        limit = MAX_JSON_BYTES if upload.extended.is_json else MAX_BODY_BYTES
        if not 0 <= upload.extended.length <= limit:
            raise TooLargeError(f"an argument may have {limit} bytes")
        if len(self._uploads) >= MAX_TICKETS:
            raise TooLargeError(f"{MAX_TICKETS} uploads are outstanding")
        ticket = secrets.token_urlsafe(TICKET_BYTES)
        self._uploads[ticket] = upload
        return ticket

    def take_upload(self, ticket: str) -> Upload:
        """Return what the ticket admits; it is used up.

        Raises:
            NotAllowedError: No such ticket for this direction.
        """
        upload = self._uploads.pop(ticket, None)
        if upload is None:
            raise NotAllowedError("an upload without a valid ticket")
        return upload

    def park(self, call: int, data: bytes, content_type: str) -> str:
        """Keep a result until the page fetches it; return the ticket. Thread: any.

        Raises:
            TooLargeError: This, or all that waits together, is over the limit.
        """
        ticket = secrets.token_urlsafe(TICKET_BYTES)
        with self._lock:
            if self._parked_bytes + len(data) > MAX_PARKED_BYTES:
                raise TooLargeError(f"results of {MAX_PARKED_BYTES} bytes may wait to be fetched")
            self._parked_bytes += len(data)
        self._downloads[ticket] = Download(call=call, data=data, content_type=content_type)
        return ticket

    def take_download(self, ticket: str) -> Download:
        """Return what was parked; it is parked no longer.

        Raises:
            NotAllowedError: No such ticket for this direction.
        """
        download = self._downloads.pop(ticket, None)
        if download is None:
            raise NotAllowedError("a download without a valid ticket")
        with self._lock:
            self._parked_bytes -= len(download.data)
        return download

    def forget(self, call: int) -> None:
        """Drop what belongs to a call nobody waits for."""
        for ticket in [key for key, upload in self._uploads.items() if upload.call == call]:
            del self._uploads[ticket]
        for ticket in [key for key, parked in [*self._downloads.items()] if parked.call == call]:
            self.take_download(ticket)

    def clear(self) -> None:
        """Forget all of it: the document is gone."""
        self._uploads.clear()
        self._downloads.clear()
        with self._lock:
            self._parked_bytes = 0
