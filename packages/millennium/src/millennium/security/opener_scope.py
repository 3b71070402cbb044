"""Which addresses are handed to the system's own programs: browser, mail, telephone.

1. Nothing is, unless the configuration says so; ``true`` means the web, mail and telephone.
2. A pattern of the configuration must match the whole address, and takes nothing back of the others.
3. Mail never brings a file along, and nothing in it but the body's text may break a line.
4. Never: what begins with a dash (an option), control characters, spaces and backslashes, paths and
   network shares, and schemes that run or show what a page says (``javascript:``, ``data:`` …).
5. The result is one argument for a program that is started without a shell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from millennium.errors import OpenerOutOfScopeError
from millennium.security.origin import Origin
from millennium.security.program_scope import compile_validator

MAX_ADDRESS_CHARS = 2048
_PLAIN = re.compile(r"[\x21-\x5b\x5d-\x7e]+")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):(.*)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CONTROL_OF_BODY = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LOOSELY = re.ASCII | re.IGNORECASE
_FILES = frozenset({"attach", "attachment"})
_WEB = frozenset({"http", "https"})
_OTHERS = frozenset({"mailto", "tel"})
_NEVER = frozenset(
    {
        *("about", "blob", "data", "file", "filesystem", "jar", "javascript", "millennium"),
        *("shell", "vbscript", "view-source"),
        *("afp", "cifs", "dav", "davs", "ftp", "nfs", "sftp", "smb"),  # they bring a disk along
        *("ms-msdt", "ms-officecmd", "ms-search", "search", "search-ms"),
    }
)


class OpenerScope:
    """The addresses one window may have opened. Thread: any.

    Args:
        allows: False for none, True for web, mail and telephone, or a regular expression that the
            whole address must match.
        also: More such patterns.
        deny: Patterns of addresses that are never opened, whatever allows them.

    Raises:
        BadPatternError: No regular expression, or one that could run for ever.
    """

    def __init__(
        self, allows: bool | str, *, also: Iterable[str] = (), deny: Iterable[str] = ()
    ) -> None:
        self._is_open = allows is True
        patterns = (*((allows,) if isinstance(allows, str) else ()), *also)
        self._allow = tuple(map(compile_validator, patterns))
        self._deny = tuple(
            re.compile(each.pattern, _LOOSELY) for each in map(compile_validator, deny)
        )

    def check(self, address: str) -> str:
        """Return the address as one argument.

        Raises:
            OpenerOutOfScopeError: Not allowed, or never.
        """
        scheme = _scheme_of(address)
        is_allowed = self._is_open and scheme in _WEB | _OTHERS
        is_allowed = is_allowed or any(each.fullmatch(address) for each in self._allow)
        if not is_allowed or any(each.fullmatch(address) for each in self._deny):
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
    if scheme in _OTHERS and not _is_plain_address(parts[2]):
        raise _refusal()
    return scheme


def _is_plain_address(rest: str) -> bool:
    """Say whether what follows ``mailto:`` or ``tel:`` is an address, and no more than text."""
    address, _, fields = rest.partition("?")
    if unquote(address).startswith(("-", "/")) or _CONTROL.search(unquote(address)):
        return False
    return all(map(_is_plain_field, re.split("[&;]", fields)))


def _is_plain_field(field: str) -> bool:
    name, _, value = field.partition("=")
    key = unquote(name).casefold()
    control = _CONTROL_OF_BODY if key == "body" else _CONTROL
    return key not in _FILES and not control.search(key + unquote(value))


def _refusal() -> OpenerOutOfScopeError:
    return OpenerOutOfScopeError(
        "this address is not handed to the system", help="allow it in allowlist.shell.open"
    )
