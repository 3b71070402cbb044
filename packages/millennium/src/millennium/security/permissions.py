"""Which commands a document may call: the allowlist and the capabilities, put together.

A document is a window's label and the origin that was committed in it.

1. A built-in command needs the allowlist, whoever asks.
2. Without any capability the app's own pages have that and all own commands; nothing else has
   anything.
3. As soon as one capability exists, a document has exactly what those name that cover its window
   and trust its origin: ``local`` ones for our own, ``remote`` ones for others.
4. What any capability for this window denies, nothing gives back.
5. A remote origin gets an own command only by its name, never by ``app:*``.
6. A plug-in's commands are always named by a capability.
7. `VERIFY` exists only while a build proves itself; then it is our own page's alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from millennium.security.allowlist import VERIFY, Allowlist, Scope
from millennium.security.capability import Capability
from millennium.security.opener_scope import OpenerScope
from millennium.security.origin import APP_ORIGIN, OWN_ORIGINS, Origin, isolated_origin
from millennium.security.program_scope import ProgramScope
from millennium.security.scope import FsScope
from millennium.security.url_scope import UrlScope


class Permissions:
    """Decides for all windows of one app. Pure: no input, no output, no state that changes.

    Args:
        allowlist: Which built-in APIs exist.
        capabilities: Those that hold on this platform.
        own_origins: Where our own pages live; in development also the page's server.
    """

    def __init__(
        self,
        allowlist: Allowlist,
        capabilities: Iterable[Capability],
        *,
        own_origins: Iterable[Origin] = OWN_ORIGINS,
    ) -> None:
        self._allowlist = allowlist
        self._built_in = allowlist.commands()
        self._capabilities = tuple(capabilities)
        self._own_origins = frozenset(own_origins)

    def granted(self, label: str, origin: Origin, names: Iterable[str]) -> frozenset[str]:
        """Return those of `names`, all commands the app knows, that this document may call."""
        is_own = self._is_own(label, origin)
        permits = _Permits(self._matching(label, origin), self._denials(label), is_own=is_own)
        has_all = is_own and not self._capabilities  # (2)
        return frozenset(
            name
            for name in names
            if (is_own if name == VERIFY else self._may(name, permits, has_all=has_all))  # (7)
        )

    def scope(
        self,
        module: str,
        label: str,
        base_dirs: Mapping[str, Path],
        *,
        origin: Origin = APP_ORIGIN,
    ) -> FsScope:
        """Return the paths this document may touch through `module`; a new one each time.

        Our own pages have the allowlist's scope and that of each capability for their window; a
        remote origin has only what capabilities that trust it say. All share every denial.

        Raises:
            BadPatternError: A pattern that could never be meant.
        """
        shared = self._allowlist.scope(module)
        own = [shared] if self._is_own(label, origin) else []
        allowing = own + self._allowing(module, label, origin)
        ruling = [scope for scope in allowing if scope.allow] or [shared]
        denying = [shared, *self._scopes_of(module, label)]
        return FsScope(
            allow=_allowed(allowing),
            deny=_denied(denying),
            base_dirs=base_dirs,
            # The strictest wins: one capability must not open hidden files to another's patterns.
            require_literal_leading_dot=any(scope.require_literal_leading_dot for scope in ruling),
        )

    def url_scope(self, label: str, *, origin: Origin = APP_ORIGIN) -> UrlScope:
        """Return the addresses Python may ask for on this document's behalf; none unless set.

        Who may allow and who may deny is as for `scope`.
        """
        http = self._allowlist.http
        own = http.scope if self._is_own(label, origin) else ()
        return UrlScope(
            allow=(*own, *_allowed(self._allowing("http", label, origin))),
            deny=_denied(self._scopes_of("http", label)),
            private_hosts=http.private_hosts,
        )

    def program_scope(self, label: str, *, origin: Origin = APP_ORIGIN) -> ProgramScope:
        """Return the programs that may be started for this document; none unless set.

        Each is one of the allowlist's; a capability names those that a remote origin has, and
        those that nobody in this window has.
        """
        named = _allowed(self._allowing("shell", label, origin))
        denied = _denied(self._scopes_of("shell", label))
        is_own = self._is_own(label, origin)
        return ProgramScope(
            program
            for program in self._allowlist.shell.scope
            if program.name not in denied and (is_own or program.name in named)
        )

    def opener_scope(self, label: str, *, origin: Origin = APP_ORIGIN) -> OpenerScope:
        """Return the addresses that are handed to the system for this document; none unless set.

        Who may allow and who may deny is as for `scope`.
        """
        return OpenerScope(
            self._is_own(label, origin) and self._allowlist.shell.open,
            also=_allowed(self._allowing("opener", label, origin)),
            deny=_denied(self._scopes_of("opener", label)),
        )

    def explain(self, label: str, origin: Origin, name: str) -> str:
        """Return the lines of configuration that would allow a refused call, for the log."""
        lines: list[str] = []
        if _is_built_in(name) and name not in self._built_in:
            module = name.partition(".")[0]
            lines += [f"# configuration: [allowlist.{module}], the key for {name}"]
        is_own = self._is_own(label, origin)
        if self._capabilities or not is_own:
            lines += [f"# capabilities/{label.replace('/', '-')}.toml", f'windows = ["{label}"]']
            lines += [] if is_own else [f'remote = ["{origin}"]']
            lines += [f'permissions = ["{permission_of(name)}"]']
        return "\n".join(lines)

    def _may(self, name: str, permits: _Permits, *, has_all: bool) -> bool:
        if _is_built_in(name):
            if name not in self._built_in:  # (1)
                return False
        elif has_all and _is_plugin(name):  # (6)
            return False
        return has_all or permits.allow(name)

    def _is_own(self, label: str, origin: Origin) -> bool:
        return origin in self._own_origins or origin == isolated_origin(label)

    def _matching(self, label: str, origin: Origin) -> list[Capability]:
        is_own = self._is_own(label, origin)
        return [  # (3)
            found
            for found in self._capabilities
            if found.covers(label) and (found.local if is_own else found.trusts(origin))
        ]

    def _denials(self, label: str) -> frozenset[str]:
        return frozenset(  # (4)
            denied for found in self._capabilities if found.covers(label) for denied in found.deny
        )

    def _allowing(self, module: str, label: str, origin: Origin) -> list[Scope]:
        matching = self._matching(label, origin)
        return [found.scope[module] for found in matching if module in found.scope]

    def _scopes_of(self, module: str, label: str) -> list[Scope]:
        return [
            found.scope[module]
            for found in self._capabilities
            if found.covers(label) and module in found.scope
        ]


def _allowed(scopes: Iterable[Scope]) -> tuple[str, ...]:
    return tuple(pattern for scope in scopes for pattern in scope.allow)


def _denied(scopes: Iterable[Scope]) -> tuple[str, ...]:
    return tuple(pattern for scope in scopes for pattern in scope.deny)


class _Permits:
    """What some capabilities permit and some deny."""

    def __init__(
        self, matching: Iterable[Capability], denied: frozenset[str], *, is_own: bool
    ) -> None:
        self._permitted = frozenset(name for found in matching for name in found.permissions)
        self._denied = denied
        self._is_own = is_own

    def allow(self, name: str) -> bool:
        """Say whether a command is permitted and not denied."""
        permission = permission_of(name)
        every = f"{permission.partition(':')[0]}:*"
        if permission in self._denied or every in self._denied:
            return False
        is_own_command = not _is_built_in(name) and not _is_plugin(name)
        if is_own_command and not self._is_own:  # (5)
            return permission in self._permitted
        return permission in self._permitted or every in self._permitted


def permission_of(name: str) -> str:
    """Return the permission that names a command: ``window.set_title`` is ``window:set-title``."""
    if _is_plugin(name):
        return name
    module, dot, command = name.partition(".")
    return f"{module}:{command.replace('_', '-')}" if dot else f"app:{name}"


def _is_built_in(name: str) -> bool:
    return "." in name and not _is_plugin(name)


def _is_plugin(name: str) -> bool:
    return ":" in name
