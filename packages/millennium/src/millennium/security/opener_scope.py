"""Which addresses are handed to the system's own programs: browser, mail, telephone.

1. Nothing is, unless the configuration says so; ``true`` means the web, mail and telephone.
2. A pattern of the configuration must match the whole address, and takes nothing back of rule 3.
3. Never: what begins with a dash (an option), control characters, spaces and backslashes, paths and
   network shares, and schemes that run or show what a page says (``javascript:``, ``data:`` …).
4. The result is one argument for a program that is started without a shell.
"""

from __future__ import annotations

import re

from millennium.errors import OpenerOutOfScopeError
from millennium.security.origin import Origin
from millennium.security.program_scope import compile_validator

MAX_ADDRESS_CHARS = 2048
_PLAIN = re.compile(r"[\x21-\x5b\x5d-\x7e]+")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):(.*)")
_WEB = frozenset({"http", "https"})
_OTHERS = frozenset({"mailto", "tel"})
_NEVER = frozenset(
    {
        "about",
        "blob",
        "data",
        "file",
        "filesystem",
        "javascript",
        "millennium",
        "nfs",
        "sftp",
        "smb",
        "vbscript",
        "view-source",
    }
)


class OpenerScope:
    """The addresses one window may have opened. Thread: any.

    Args:
        allows: False for none, True for web, mail and telephone, or a regular expression that the
            whole address must match.

    Raises:
        BadPatternError: No regular expression, or one that could run for ever.
    """

    def __init__(self, allows: bool | str) -> None:
        self._is_open = allows is True
        self._pattern = compile_validator(allows) if isinstance(allows, str) else None

    def check(self, address: str) -> str:
        """Return the address as one argument.

        Raises:
            OpenerOutOfScopeError: Not allowed, or never.
        """
        scheme = _scheme_of(address)
        if self._pattern is not None:
            is_allowed = self._pattern.fullmatch(address) is not None
        else:
            is_allowed = self._is_open and scheme in _WEB | _OTHERS
        if not is_allowed:
            raise _refusal()
        return address


def _scheme_of(address: str) -> str:
    """Return the scheme of an address that some program may see; refuses all others."""
    parts = _SCHEME.fullmatch(address)
    if parts is None or len(address) > MAX_ADDRESS_CHARS or not _PLAIN.fullmatch(address):
        raise _refusal()
    scheme = parts[1].lower()
    is_drive = len(scheme) == 1
    if scheme in _NEVER or is_drive or (scheme in _WEB and Origin.parse(address) is None):
        raise _refusal()
    if scheme in _OTHERS and parts[2].startswith(("-", "/")):
        raise _refusal()
    return scheme


def _refusal() -> OpenerOutOfScopeError:
    return OpenerOutOfScopeError(
        "this address is not handed to the system", help="allow it in allowlist.shell.open"
    )
