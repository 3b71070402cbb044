"""Sealed commands: their calls and answers are encrypted between private world and host.

1. The document's secret is told once, in the answer to its hello; the page's world never has it.
2. From it and the document's first token come two keys, one for each direction.
3. The arguments of a call go up, bound to its handle and to the token of its message. Its result or
   error comes down, bound to its id. Counters only rise, either way.
4. Bytes, channels and what is too large for a message have another way and are refused.

Why one key for all messages: docs/explanation/decisions/0013-sealed-messages-share-two-keys.md.
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
        self._up = self._down = self._secret  # until `begin`
        self._opener = Opener(place)
        self._sealer = Sealer(place)
        self._lock = threading.Lock()

    def begin(self, token: str) -> str:
        """Derive the keys with the document's first token; return the secret to tell it, once."""
        self._up = derive_key(self._secret, token, "up")
        self._down = derive_key(self._secret, token, "down")
        return base64.b64encode(self._secret.reveal()).decode("ascii")

    def open(self, token: str, handle: str, envelope: Raw) -> Raw:
        """Return the arguments of a sealed call.

        Raises:
            NotAllowedError: It was not sealed, or not with this token for this handle.
        """
        try:
            text = msgspec.json.decode(envelope, type=str)
        except (msgspec.DecodeError, RecursionError):
            raise NotAllowedError("a sealed command was called in clear") from None
        return Raw(self._opener.open(self._up, f"{handle} {token}", text))

    def conceal(self, call: int, news: bytes) -> bytes:
        """Return what answers a sealed call.

        The caller queues it before anybody seals another: see `lock`. Thread: any.
        """
        return sealed_news(call, self._sealer.seal(self._down, str(call), news))

    @property
    def lock(self) -> threading.Lock:
        """Held while an answer is sealed and queued: they arrive in the order of their counters."""
        return self._lock
