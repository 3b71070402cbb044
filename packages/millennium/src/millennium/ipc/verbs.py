"""What a page may say without a handle: end or report what its own document began.

``cancel`` a call · ``ack`` delivered messages · ``close`` a channel · ``unknown``: a command was
asked for that this document has no handle for, so that the developer's log can say why ·
``verify``: the document has loaded, admitted only behind the verification door · ``ready`` for a
question of ours, and its ``answer``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from msgspec import Raw

from millennium.errors import NotAllowedError
from millennium.ipc.document import Document
from millennium.ipc.policy import BridgePolicy
from millennium.ipc.wire import (
    Ack,
    Answer,
    Cancel,
    Close,
    Ready,
    Unknown,
    Verify,
    decode_verb,
)

_MAX_NAME_CHARS = 64


class Verbs:
    """Obeys the verbs of one window's documents. Thread: main."""

    def __init__(self, policy: BridgePolicy) -> None:
        self._policy = policy
        self._verify: Callable[[float], bool] | None = policy.verify

    def obey(self, document: Document, key: int, raw: Raw) -> None:
        """Do what `raw` says; `key` is the id of a call, a message or a channel.

        Raises:
            WireError: No such verb.
            NotAllowedError: An unknown command, the door is not open, or no such question is.
        """
        verb = decode_verb(raw)
        match verb:
            case Cancel():
                document.cancel(key)
            case Ack():
                document.acknowledge(key)
            case Close():
                document.channels.close(key)
            case Ready():
                document.questions.begin(key)
            case Answer():
                document.questions.answer(key, verb.is_result, verb.text)
            case Verify():
                self._open_door(document, verb.milliseconds)
            case Unknown():
                raise NotAllowedError(self._why_unknown(document, verb.name[:_MAX_NAME_CHARS]))
            case _:
                assert_never(verb)

    def _open_door(self, document: Document, milliseconds: float) -> None:
        if self._verify is None:
            raise NotAllowedError("the verification door is not open")
        if self._verify(milliseconds):
            document.head["verify"] = True
        else:
            self._verify = None

    def _why_unknown(self, document: Document, name: str) -> str:
        reason = f"no command {name!r} is registered and granted to this document"
        more = self._policy.explain(document.source.label, document.origin, name)
        return f"{reason}\n{more}" if more else reason
