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

4. Where the app uses the isolation pattern, what the call carries is an envelope that the frame
   made for this very call, and what is inside takes its place.
5. The handle is one of this document's; under the isolation pattern it is the handle of the
   command that the envelope names.
6. The allowlist and the window's capabilities enable the command.
7. A sealed command was called with an envelope of this message and this handle; what is inside
   takes its place. (Under the isolation pattern the frame's envelope has done that.)

The page learns ``ipc.not_allowed`` for every one of these; the log learns the reason; nobody learns
the token.
"""

from __future__ import annotations

from dataclasses import dataclass

from millennium.errors import NotAllowedError
from millennium.ipc.command import Command
from millennium.ipc.policy import Frame, Seals
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
        frame: Its isolation frame, where the app uses that pattern.
        seals: Its encryption, where the app has sealed commands.
    """

    label: str
    document: int
    is_trusted: bool
    pad: TokenPad
    handles: HandleTable[Command]
    granted: frozenset[str]
    frame: Frame | None = None
    seals: Seals | None = None


Verdict = Command | NotAllowedError | None
"""The command to run, why not, or None for a control verb."""


def admit(batch: Batch, source: MessageSource, standing: Standing) -> list[Verdict]:
    """Decide about one message: a verdict for each of its items.

    What an isolation envelope held replaces it in `batch`.

    Raises:
        NotAllowedError: The whole message is refused; the message says which check did it.
    """
    _require_message(batch, source, standing)
    return [_judge(batch, index, standing) for index in range(len(batch.items))]


def _require_message(batch: Batch, source: MessageSource, standing: Standing) -> None:
    # (1) first, so that no refusal below leaves a spent message usable
    if not standing.pad.burn(batch.number, batch.token):
        raise NotAllowedError("gate 1: the token is replayed, guessed or another document's")
    # (2) the runtime's word, not the page's
    if source.label != standing.label or source.document != standing.document:
        raise NotAllowedError("gate 2: the message is from another window or document")
    # (3) recorded at the commit: during a load the view names the page that is coming
    if not standing.is_trusted:
        raise NotAllowedError("gate 3: the committed origin may not use this window's bridge")


def _judge(batch: Batch, index: int, standing: Standing) -> Verdict:
    call, handle, raw = batch.items[index]
    if not handle:
        return None
    named = ""
    # (4) before the handle, so that a forged call uses none up
    if standing.frame is not None:
        try:
            named, inside = standing.frame.open(call, raw)
        except NotAllowedError as refused:
            return NotAllowedError(f"gate 4: {refused.message}")
        batch.items[index] = (call, handle, inside)
    # (5) a name on the wire is no handle either
    command = standing.handles.find(handle)
    if command is None:
        return NotAllowedError("gate 5: the handle is not this document's")
    if standing.frame is not None and command.name != named:
        return NotAllowedError("gate 5: the envelope names another command")
    # (6) a handle is not a permission
    if command.name not in standing.granted:
        return NotAllowedError(f"gate 6: {command.name} is not granted")
    # (7) last, because it costs most
    if command.is_sealed and standing.frame is None:
        return _unseal(batch, index, command, standing.seals)
    return command


def _unseal(batch: Batch, index: int, command: Command, seals: Seals | None) -> Verdict:
    call, handle, raw = batch.items[index]
    if seals is None:
        return NotAllowedError(f"gate 7: {command.name} is sealed, and nothing can open it")
    try:
        batch.items[index] = (call, handle, seals.open(batch.token, handle, raw))
    except NotAllowedError as refused:
        return NotAllowedError(f"gate 7: {refused.message}")
    return command
