"""The isolation pattern: each call of a page passes a frame that the page cannot reach into.

1. The frame's document is served once for each document of the window, by a one-use address that
   only the private world is told; a second request gets nothing.
2. Its sandbox gives it an opaque origin: neither the page nor any other frame can script it. Its
   own policy lets it load and reach nothing.
3. It has a key of its own, in a script that takes itself away. Only what is encrypted with it is
   admitted (check 4 of the gate), so a message that did not pass the app's hook is refused.
4. All JSON passes it, however large. Only bytes travel beside it, as long as the hook was told.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec
from msgspec import Raw

from millennium.errors import IpcError, NotAllowedError
from millennium.ipc.limits import MAX_JSON_BYTES, WIRE_VERSION
from millennium.ipc.wire import decode_extended
from millennium.scripts.render import render_frame
from millennium.security.envelope import Opener, Place
from millennium.security.headers import BARE_HEADERS, FIXED_HEADERS, POLICY_HEADER
from millennium.security.origin import APP_ORIGIN, Origin
from millennium.security.secret import Secret
from millennium_runtime.request import Request, Response

TICKET_BYTES = 18
_HOST_BYTES = 16
_NAME_BYTES = 1024  # of the command, beside its arguments
_NO_FRAME = Response(status=404, headers=(("cache-control", "no-store"), *BARE_HEADERS))
_HEADERS = (
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "no-store"),
    *FIXED_HEADERS,
)
_ENDING = re.compile(r"<(/script|!--)", re.IGNORECASE)
_decode_call = msgspec.json.Decoder(tuple[str, Raw]).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """The isolation of one session of an app.

    Attributes:
        origin: Where frames are served; no two sessions share it.
        hooks: JavaScript of the app's isolation folder, in order.
    """

    origin: Origin
    hooks: tuple[str, ...]

    @classmethod
    def of_session(cls, hooks: Sequence[str]) -> Isolation:
        """Return the isolation of a new session."""
        host = f"i{secrets.token_hex(_HOST_BYTES)}.{APP_ORIGIN.host}"
        return cls(origin=Origin(APP_ORIGIN.scheme, host), hooks=tuple(hooks))

    def frame(self, label: str, document: int, home: Origin) -> IsolationFrame:
        """Return the frame of one document of one window; an `Isolate`."""
        place = Place(version=WIRE_VERSION, label=label, document=document)
        return IsolationFrame(self, place, home)


class IsolationFrame:
    """The frame of one document. Thread: main.

    Args:
        isolation: Of the session.
        place: The document it belongs to.
        home: Origin of that document; nobody else may frame it.
    """

    def __init__(self, isolation: Isolation, place: Place, home: Origin) -> None:
        self._isolation = isolation
        self._place = place
        self._home = home
        self._key = Secret.fresh()
        self._ticket = secrets.token_urlsafe(TICKET_BYTES)
        self._is_served = False
        self._opener = Opener(place)

    @property
    def url(self) -> str:
        """The address that works once."""
        return f"{self._isolation.origin}/{self._ticket}"

    def serve(self, request: Request) -> Response:
        """Answer a request: with the frame's document for its ticket, once."""
        ticket = urlsplit(request.uri).path.removeprefix("/")
        is_ticket = hmac.compare_digest(ticket.encode(), self._ticket.encode())
        if self._is_served or not is_ticket or request.method != "GET":
            return _NO_FRAME
        self._is_served = True
        html, policy = self._page()
        return Response(headers=(*_HEADERS, (POLICY_HEADER, policy)), body=html.encode())

    def _page(self) -> tuple[str, str]:
        """Return the frame's document and its policy."""
        core = render_frame(
            {
                "HOME": str(self._home),
                "KEY": base64.b64encode(self._key.reveal()).decode("ascii"),
                "PLACE": self._place.associate("").decode(),
            }
        )
        scripts = [core, *(_inline(hook) for hook in self._isolation.hooks)]
        html = "".join(f"<script>{script}</script>" for script in scripts)
        hashes = " ".join(_hash(script) for script in scripts)
        policy = (
            f"default-src 'none'; script-src {hashes}; sandbox allow-scripts; "
            f"frame-ancestors {self._home}; base-uri 'none'; form-action 'none'"
        )
        return f"<!doctype html><meta charset=utf-8>{html}", policy

    def open(self, call: int, envelope: Raw) -> tuple[str, Raw]:
        """Return the name and the arguments that the frame let through for this call.

        Raises:
            NotAllowedError: Not the frame's envelope, or not for this call.
        """
        try:
            text = msgspec.json.decode(envelope, type=str)
        except (msgspec.DecodeError, RecursionError):
            raise NotAllowedError("a call skipped the isolation frame") from None
        plaintext = self._opener.open(self._key, str(call), text)
        if len(plaintext) > MAX_JSON_BYTES + _NAME_BYTES:
            raise NotAllowedError("the arguments are over the limit")
        try:
            name, args = _decode_call(plaintext)
            extended = decode_extended(args)
        except (msgspec.DecodeError, RecursionError, IpcError):
            raise NotAllowedError("an isolation envelope holds no call") from None
        if extended is not None and extended.is_json:  # it would replace what the hook saw
            raise NotAllowedError("arguments would come beside the isolation frame")
        return name, args


def _inline(script: str) -> str:
    """Return a script that does not end its element; in a string or a pattern nothing changes."""
    return _ENDING.sub(r"<\\\1", script)


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
