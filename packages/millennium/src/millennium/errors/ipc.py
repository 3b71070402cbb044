"""Errors of what page and app say to each other."""

from __future__ import annotations

from millennium.errors.root import MillenniumError


class IpcError(MillenniumError):
    """What page and app say to each other does not get through."""

    code = "ipc.failed"


class NotAllowedError(IpcError):
    """Unknown, disabled or not granted: the page always gets the same answer."""

    code = "ipc.not_allowed"

    def to_page(self) -> dict[str, str]:
        """Return the one answer all denials share; the reason stays in the log."""
        return {"code": self.code, "message": "this page may not do that"}


class WireError(IpcError):
    """A message is not well-formed."""

    code = "ipc.malformed"


class TooLargeError(IpcError):
    """A message, an argument or a batch is over a limit."""

    code = "ipc.too_large"


class DocumentGoneError(IpcError):
    """The page that asked navigated away, crashed or was closed."""

    code = "ipc.document_gone"


class PayloadError(IpcError):
    """JSON cannot carry an event or a channel item."""

    code = "ipc.bad_payload"


class AskFailedError(IpcError):
    """The page's own code raised, or its answer is no JSON; the message says which."""

    code = "ask.failed"


class AskTimeoutError(IpcError):
    """The page did not answer a question in time."""

    code = "ask.timeout"


class ChannelClosedError(IpcError):
    """The channel's window, page or call ended."""

    code = "channel.closed"


class ChannelFullError(IpcError):
    """Too much is undelivered; wait with ``await channel.send()`` instead."""

    code = "channel.full"
