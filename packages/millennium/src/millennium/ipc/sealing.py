"""Sealed commands: their calls and answers are encrypted between private world and host.

The document's secret is told once, in the answer to its hello, and the page's world never has it.
Each message has keys of its own, derived from its one-time token; see
`millennium.security.envelope`. The arguments of a sealed call go up, its result or error comes
down. Bytes, channels and what is too large for a message have another way and are refused.
"""

from __future__ import annotations

import base64
import threading

import msgspec
from msgspec import Raw

from millennium.errors import NotAllowedError
from millennium.ipc.limits import WIRE_VERSION
from millennium.ipc.wire import sealed_news
from millennium.security.envelope import Opener, Place, Sealer, derive_key
from millennium.security.secret import Secret


class Sealing:
    """The encryption of one document. Thread: main, except `conceal`."""

    def __init__(self, label: str, document: int) -> None:
        place = Place(version=WIRE_VERSION, label=label, document=document)
        self._secret = Secret.fresh()
        self._opener = Opener(place)
        self._sealer = Sealer(place)
        self._tokens: dict[int, str] = {}
        self._lock = threading.Lock()

    @property
    def secret_text(self) -> str:
        """The secret as the private world is told it, once."""
        return base64.b64encode(self._secret.reveal()).decode("ascii")

    def open(self, token: str, handle: str, envelope: Raw) -> Raw:
        """Return the arguments of a sealed call.

        Raises:
            NotAllowedError: It was not sealed, or not with this token for this handle.
        """
        try:
            text = msgspec.json.decode(envelope, type=str)
        except msgspec.DecodeError:
            raise NotAllowedError("a sealed command was called in clear") from None
        return Raw(self._opener.open(derive_key(self._secret, token, "up"), handle, text))

    def expect(self, call: int, token: str) -> None:
        """Have the answer to `call` sealed, too."""
        self._tokens[call] = token

    def conceal(self, call: int, news: bytes) -> bytes | None:
        """Return what answers a sealed call, None if this is no sealed call.

        The caller queues it before anybody seals another: see `lock`. Thread: any.
        """
        token = self._tokens.pop(call, None)
        if token is None:
            return None
        key = derive_key(self._secret, token, "down")
        return sealed_news(call, self._sealer.seal(key, str(call), news))

    @property
    def lock(self) -> threading.Lock:
        """Held while an answer is sealed and queued: they arrive in the order of their counters."""
        return self._lock
