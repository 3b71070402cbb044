"""One event, and the grammar of its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from millennium.errors import EventNameError

MAX_NAME_CHARS = 64
MAX_NAMES = 256  # of which it is remembered that they are good
RESERVED_PREFIX = "millennium:"
HOST = ""
"""Label and origin of what Python sends."""

_NAME = re.compile(r"[A-Za-z0-9/:_-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a listener is told.

    Attributes:
        name: What happened.
        payload: Plain JSON values when a page sent it; the emitted object when Python did.
        source: Label of the window whose page sent it, "" when Python did.
        origin: Of that page, such as ``millennium://localhost``; "" when Python sent it.
    """

    name: str
    payload: object = None
    source: str = HOST
    origin: str = HOST


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends an event, as the runtime knows it: no page has a say in it.

    Attributes:
        label: Of its window, "" for Python.
        origin: Of the document that was committed there, "" for Python.
    """

    label: str = HOST
    origin: str = HOST


PYTHON = Sender()


@lru_cache(MAX_NAMES)
def require_name(name: str) -> str:
    """Return `name` if it is 1 to 64 of letters, digits, ``/ : _ -``.

    Raises:
        EventNameError: It is not.
    """
    if _NAME.fullmatch(name) is None:
        message = (
            f"event name {name[:MAX_NAME_CHARS]!r} is not 1 to 64 of letters, digits and / : _ -"
        )
        raise EventNameError(message, help="choose a name such as 'notes:changed'")
    return name


def require_page_name(name: str) -> str:
    """Return `name` if a page may send it: well-formed, and not one of the framework's own.

    Raises:
        EventNameError: It is malformed or begins with ``millennium:``.
    """
    if require_name(name).startswith(RESERVED_PREFIX):
        message = f"event name {name!r} is the framework's own"
        raise EventNameError(
            message, help=f"choose a name that does not begin with {RESERVED_PREFIX!r}"
        )
    return name
