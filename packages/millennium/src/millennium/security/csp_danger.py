"""Which sources of a content security policy would let an injected script run.

1. For scripts: ``*``, a whole scheme (``data:``, ``blob:``, ``https:``), any host of a top-level
   domain, ``'unsafe-…'``, and a nonce that is always the same: each makes the nonces and hashes of
   the app's own scripts worthless.
2. For workers the same, but ``blob:`` may be: a worker has no document and no bridge, it takes over
   the policy of who made it, and many libraries make theirs that way.
3. Workers are ruled by ``worker-src``, else ``child-src``, else ``script-src``, else
   ``default-src``; scripts by ``script-src`` and what refines it, else ``default-src``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from millennium.errors import DangerousCspError

SCRIPT_DIRECTIVES = ("script-src", "script-src-elem", "script-src-attr")
HARMLESS_FOR_WORKERS = frozenset({"blob:"})

_ANY_HOST = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://)?\*(?:\.[a-z0-9-]+)?(?::(?:\*|[0-9]+))?(?:/.*)?", re.IGNORECASE
)
_SCHEME_ONLY = re.compile(r"[a-z][a-z0-9+.-]*:(?://)?", re.IGNORECASE)
_INLINE_KEYWORDS = ("'unsafe-", "'nonce-")


def refuse_dangers(directives: Mapping[str, tuple[str, ...]], allowed: Iterable[str] = ()) -> None:
    """Refuse a policy under which an injected script could run.

    Args:
        directives: Of the policy.
        allowed: Sources the configuration marks as dangerous and wanted.

    Raises:
        DangerousCspError: With the directive and the source.
    """
    tolerated = frozenset(allowed)
    for directive, source in find_dangers(directives):
        if source not in tolerated:
            raise DangerousCspError(
                f"the policy allows {source} in {directive}: injected scripts would run",
                help="remove it, or name it in security.dangerous-script-sources; child-src rules "
                "workers too, so say frame-src for frames",
            )


def find_dangers(directives: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Yield each directive and source by which an injected script could run."""
    for directive in _ruling_scripts(directives):
        for source in directives.get(directive, ()):
            if is_dangerous_script_source(source):
                yield directive, source
    workers = ruling_workers(directives)
    if workers in ("worker-src", "child-src"):
        for source in directives[workers]:
            if is_dangerous_script_source(source) and source.lower() not in HARMLESS_FOR_WORKERS:
                yield workers, source


def ruling_workers(directives: Mapping[str, tuple[str, ...]]) -> str:
    """Return the directive that rules workers; "" if none does."""
    chain = ("worker-src", "child-src", "script-src", "default-src")
    return next((directive for directive in chain if directive in directives), "")


def is_dangerous_script_source(source: str) -> bool:
    """Say whether a script source stands for anybody or for anything inline."""
    return (
        source.lower().startswith(_INLINE_KEYWORDS)
        or _ANY_HOST.fullmatch(source) is not None
        or _SCHEME_ONLY.fullmatch(source) is not None
    )


def _ruling_scripts(directives: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if "script-src" in directives:
        return SCRIPT_DIRECTIVES
    return (*SCRIPT_DIRECTIVES, "default-src")
