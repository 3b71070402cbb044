"""What the private world and the isolation frame encrypt, in Python.

The frame stands here without its hook: no JavaScript runs on a `MockRuntime`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

import msgspec

from millennium.ipc.limits import WIRE_VERSION
from millennium.security.envelope import Opener, Place, Sealer, derive_key
from millennium.security.secret import Secret

_KEY = re.compile(r'octets\("([A-Za-z0-9+/]{43}=)"\)')


class SealedCalls:
    """The sealed commands of one document.

    Args:
        secret: As the hello tells it.
        token: The document's first.
        names: Of the sealed commands.
        label: Of the window.
        document: Its number.
    """

    def __init__(
        self, secret: str, token: str, names: Sequence[str], *, label: str, document: int
    ) -> None:
        place = Place(version=WIRE_VERSION, label=label, document=document)
        found = Secret(base64.b64decode(secret))
        self._up, self._down = derive_key(found, token, "up"), derive_key(found, token, "down")
        self._names = frozenset(names)
        self._sealer, self._opener = Sealer(place), Opener(place)

    def covers(self, name: str) -> bool:
        """Whether calls of this command are sealed."""
        return name in self._names

    def seal(self, token: str, handle: str, args: str) -> str:
        """Return the arguments of a call as JSON of an envelope."""
        return _json(self._sealer.seal(self._up, f"{handle} {token}", args.encode()))

    def open(self, call: int, envelope: str) -> list[object]:
        """Return the news that answers a sealed call."""
        news = self._opener.open(self._down, str(call), envelope)
        return msgspec.json.decode(b"[%b]" % news, type=list[object])


class Frame:
    """The isolation frame of one document.

    Args:
        html: The frame's document, which has its key.
        label: Of the window.
        document: Its number.
    """

    def __init__(self, html: str, *, label: str, document: int) -> None:
        (key,) = _KEY.findall(html)
        self._key = Secret(base64.b64decode(key))
        self._sealer = Sealer(Place(version=WIRE_VERSION, label=label, document=document))

    def seal(self, call: int, name: str, args: str) -> str:
        """Return a call that passed the frame, as JSON of an envelope."""
        text = f"[{_json(name)},{args}]"
        return _json(self._sealer.seal(self._key, str(call), text.encode()))


def _json(text: str) -> str:
    return msgspec.json.encode(text).decode()
