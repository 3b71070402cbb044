"""The gate: may this message's calls run? The security policy of the bridge, in order.

First refusal wins; an error in deciding is a refusal. No I/O. The only state touched is the
document's own: its token is burnt and, in handle mode "call", its handles are used up.

Once for the message, because it has one token:

1. The token is one of this document's outstanding ones, compared in constant time.
2. The source is this window, and this document.
3. The origin of the last COMMITTED top-frame document is our own, or a capability names this
   window and this remote origin.

Once for each call in it (an item without a handle is a control verb: it can only end or report
what this document itself began):

5. The handle is one of this document's.
6. The allowlist and the window's capabilities enable the command.

(4 is the envelope of the isolation pattern.) The page learns ``ipc.not_allowed`` for every one of
these; the log learns the reason; nobody learns the token.
"""

from __future__ import annotations

from dataclasses import dataclass

from millennium.errors import NotAllowedError
from millennium.ipc.command import Command
from millennium.ipc.wire import Batch
from millennium.security.handles import HandleTable
from millennium.security.tokens import TokenPad
from millennium_runtime.webview import MessageSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the gate knows about a document, fixed when its hello was answered.

    Attributes:
        label: Its window.
        document: Its serial number in that window.
        is_trusted: Whether its committed origin is our own, or named for this window.
        pad: Its outstanding tokens.
        handles: Its handles.
        granted: Names of the commands it may call.
    """

    label: str
    document: int
    is_trusted: bool
    pad: TokenPad
    handles: HandleTable[Command]
    granted: frozenset[str]


Verdict = Command | NotAllowedError | None
"""The command to run, why not, or None for a control verb."""


def admit(batch: Batch, source: MessageSource, standing: Standing) -> list[Verdict]:
    """Decide about one message: a verdict for each of its items.

    Raises:
        NotAllowedError: The whole message is refused; the message says which check did it.
    """
    # (1) first, so that no refusal below leaves a spent message usable
    if not standing.pad.burn(batch.number, batch.token):
        raise NotAllowedError("gate 1: the token is replayed, guessed or another document's")
    # (2) the runtime's word, not the page's
    if source.label != standing.label or source.document != standing.document:
        raise NotAllowedError("gate 2: the message is from another window or document")
    # (3) recorded at the commit: during a load the view names the page that is coming
    if not standing.is_trusted:
        raise NotAllowedError("gate 3: the committed origin may not use this window's bridge")
    find, granted = standing.handles.find, standing.granted
    verdicts: list[Verdict] = []
    for _, handle, _ in batch.items:
        if not handle:
            verdicts.append(None)
            continue
        command = find(handle)
        # (5) a name on the wire is no handle either
        if command is None:
            verdicts.append(NotAllowedError("gate 5: the handle is not this document's"))
        # (6) a handle is not a permission
        elif command.name not in granted:
            verdicts.append(NotAllowedError(f"gate 6: {command.name} is not granted"))
        else:
            verdicts.append(command)
    return verdicts
