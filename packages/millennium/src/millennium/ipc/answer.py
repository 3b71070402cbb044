"""What a call answers: one piece of news, whatever the command did.

1. A `MillenniumError` crosses with its own code and message; `NotAllowedError` hides its reason.
2. Anything else a command raises crosses as ``command.failed`` with an id that the log has too.
3. What JSON cannot carry crosses as ``command.bad_result``.
"""

from __future__ import annotations

import logging
import secrets

from millennium.errors import (
    CommandFailedError,
    MillenniumError,
    TooLargeError,
    UnencodableResultError,
)
from millennium.ipc.encoding import BYTES_TYPES, encode
from millennium.ipc.hooks import NoFormError
from millennium.ipc.limits import INLINE_JSON_CHARS, MAX_JSON_BYTES
from millennium.ipc.transfer import JSON_TYPE, OCTETS, Transfers
from millennium.ipc.wire import error_news, result_news, ticket_news
from millennium_runtime.errors import MillenniumRuntimeError

_log = logging.getLogger("millennium.ipc")

COMMAND_EXCEPTIONS = (Exception, SystemExit)
"""What a command may raise without taking its thread down; its promise settles all the same."""


def success(call: int, name: str, value: object, transfers: Transfers | None) -> bytes:
    """Return the news of a result; of an error, if it cannot be carried. Thread: any.

    Without `transfers`, as for a sealed call, all of it is in the news.
    """
    try:
        if isinstance(value, BYTES_TYPES):
            if transfers is None:
                raise UnencodableResultError("a sealed command cannot return bytes")
            return ticket_news(call, transfers.park(call, bytes(value), OCTETS))
        return _json_success(call, name, value, transfers)
    except MillenniumError as error:
        return error_news(call, error)


def failure(call: int, name: str, error: BaseException) -> bytes:
    """Return the news of whatever a command raised. Thread: any."""
    if isinstance(error, MillenniumError):
        return error_news(call, error)
    if isinstance(error, MillenniumRuntimeError):
        return b"1,%d,%b" % (call, encode({"code": error.code, "message": error.message}))
    log_id = secrets.token_hex(4)
    _log.error("command %s failed [%s]", name, log_id, exc_info=error)
    text = f"the command failed; its log entry is [{log_id}]"
    return error_news(call, CommandFailedError(text))


def _json_success(call: int, name: str, value: object, transfers: Transfers | None) -> bytes:
    try:
        json = encode(value)
    except NoFormError as error:  # it names the type, and a traceback would be ours
        message = _no_form(str(error), type(value).__qualname__)
        _log.error("command %s: %s", name, message)
        raise UnencodableResultError(message) from error
    except Exception as error:  # a value's own code may raise anything while it is read
        _log.error("command %s returned what JSON cannot carry", name, exc_info=error)
        kind = type(value).__qualname__
        raise UnencodableResultError(f"the result, a {kind}, has no JSON form") from error
    if len(json) > MAX_JSON_BYTES:
        raise TooLargeError(f"the result is larger than {MAX_JSON_BYTES} bytes of JSON")
    if transfers is None or len(json) <= INLINE_JSON_CHARS:
        return result_news(call, json)
    return ticket_news(call, transfers.park(call, json, JSON_TYPE))


def _no_form(kind: str, whole: str) -> str:
    if kind != whole:
        return f"the result has a {kind} in it, which has no JSON form"
    advice = ": await it" if kind == "coroutine" else ""
    return f"the result, a {kind}, has no JSON form{advice}"
