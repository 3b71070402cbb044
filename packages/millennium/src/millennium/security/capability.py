"""Capabilities: which windows and remote origins may use what. One TOML file each.

.. code-block:: toml

    # capabilities/editor.toml
    description = "What the editor windows may do"
    windows = ["main", "note-*"]
    permissions = ["app:*", "window:set-title", "dialog:open"]
    deny = ["app:delete_everything"]

    [scope.fs]
    allow = ["$DOCUMENT/Notes/**"]

1. ``windows`` are labels; ``*`` stands for any characters, ``?`` for one.
2. ``local`` (on unless written ``false``) means the app's own origin in these windows.
3. ``remote`` are exact origins; each names a site that may call Python from these windows.
4. ``deny`` wins over what any capability permits.
5. ``scope`` says for ``fs`` and ``protocol`` which paths, for ``http`` which addresses, for
   ``opener`` which addresses as regular expressions, for ``shell`` which of the allowlist's programs
   by name. Our own pages have the allowlist's scopes besides; a remote origin has only these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec

from millennium.errors import BadPatternError, CapabilityError
from millennium.security.allowlist import Scope
from millennium.security.origin import Origin
from millennium.security.program_scope import compile_validator
from millennium.security.scope import require_pattern
from millennium.security.url_scope import UrlScope

MAX_NAMES = 4096  # in one list of a capability: windows, origins, permissions, patterns
MAX_PERMISSION_CHARS = 129  # the longest name of a plug-in's command
_PERMISSION = re.compile(
    r"[A-Za-z_][A-Za-z0-9_]*(?:-[a-z0-9]+)*:(?:\*|[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9]+)*)"
)
_IDENTIFIER = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")
_WINDOW = re.compile(r"[A-Za-z0-9/:_*?-]{1,64}")


class Capability(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """What some windows may do.

    Attributes:
        identifier: Default: the file's name.
        windows: Labels, with ``*`` and ``?``.
        local: Whether the app's own pages get it.
        remote: Origins of other sites that get it.
        permissions: ``app:<command>``, ``<module>:<command>``, ``<plugin>:<command>``, each also
            with ``*``.
        deny: Permissions that are taken away, whatever gives them.
        scope: Module → what its commands may touch, besides what the allowlist says.
        platforms: Where it holds; everywhere if empty.
    """

    identifier: str = ""
    description: str = ""
    windows: tuple[str, ...] = ("*",)
    local: bool = True
    remote: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    scope: dict[str, Scope] = {}
    platforms: tuple[Literal["linux", "macos", "windows"], ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could never match, or matches more than it seems to."""
        scopes = self.scope.values()
        patterns = [names for scope in scopes for names in (scope.allow, scope.deny)]
        _require_few(self.windows, self.remote, self.permissions, self.deny, *patterns)
        _require(_IDENTIFIER, (self.identifier,) if self.identifier else (), "identifier")
        _require(_WINDOW, self.windows, "window")
        _require(_PERMISSION, (*self.permissions, *self.deny), "permission")
        for module, scope in self.scope.items():
            _require_patterns(module, (*scope.allow, *scope.deny))
        for written in self.remote:
            origin = Origin.parse(written)
            if origin is None or str(origin) != written:
                raise ValueError(f"{written!r} is no origin such as 'https://example.org'")

    def covers(self, label: str) -> bool:
        """Say whether this is for the window `label`."""
        return any(_glob(pattern).fullmatch(label) for pattern in self.windows)

    def trusts(self, origin: Origin) -> bool:
        """Say whether this names the remote `origin`."""
        return any(Origin.parse(written) == origin for written in self.remote)


def make_capability(tree: Mapping[str, object], *, name: str) -> Capability:
    """Return the capability of a parsed file.

    Args:
        tree: Keys in kebab-case.
        name: What the capability is called unless it says so itself.

    Raises:
        CapabilityError: Unknown key, wrong type, a name that breaks the grammar.
    """
    try:
        return msgspec.convert({"identifier": name, **tree}, Capability)
    except msgspec.ValidationError as error:
        raise CapabilityError(f"capability {name!r}: {_first_lower(str(error))}") from error


def _require_few(*lists: Sequence[str]) -> None:
    for names in lists:
        if len(names) > MAX_NAMES:
            raise ValueError(f"a list has {len(names)} entries; at most {MAX_NAMES} are read")


def _require(pattern: re.Pattern[str], names: tuple[str, ...], kind: str) -> None:
    for name in names:
        if len(name) > MAX_PERMISSION_CHARS or not pattern.fullmatch(name):
            raise ValueError(f"{name[:MAX_PERMISSION_CHARS]!r} is no {kind}")


def _require_patterns(module: str, patterns: tuple[str, ...]) -> None:
    require = _PATTERNS.get(module)
    if require is None:
        raise ValueError(f"{module!r} has no scope; those that have are {', '.join(_PATTERNS)}")
    for pattern in patterns:
        try:
            require(pattern)
        except BadPatternError as error:
            raise ValueError(error.message) from error


def _require_program(name: str) -> None:
    if not name or len(name) > MAX_PERMISSION_CHARS or not name.isprintable():
        raise BadPatternError(f"{name[:MAX_PERMISSION_CHARS]!r} names no program")


_PATTERNS: dict[str, Callable[[str], object]] = {
    "fs": require_pattern,
    "protocol": require_pattern,
    "http": lambda pattern: UrlScope((pattern,)),
    "opener": compile_validator,
    "shell": _require_program,
}
"""Module with a scope → what refuses a pattern that could not be meant."""


def _glob(pattern: str) -> re.Pattern[str]:
    escaped = re.escape(pattern)
    return re.compile(escaped.replace(r"\*", ".*").replace(r"\?", "."))


def _first_lower(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"
