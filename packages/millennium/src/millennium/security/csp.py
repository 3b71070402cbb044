"""The content security policy of the app's pages: read, checked, completed for each response.

1. What is configured takes the place of the default policy. One under which an injected script
   could run is refused (`millennium.security.csp_danger`), unless the configuration names that very
   source as dangerous.
2. A policy always says something about scripts: a missing ``script-src`` is what ``default-src``
   says, and ``'self'`` where neither is there.
3. ``base-uri``, ``form-action`` and ``frame-ancestors``, which ``default-src`` does not rule, are
   those of the default policy unless configured; so is ``object-src`` without a ``default-src``.
4. ``connect-src`` gets ``'self'``: bytes travel to Python over the app's own scheme.
5. Each inline script and style that was in the app's files is named by its hash; everything else
   that is inline was injected and does not run. ``script-src-elem`` and ``style-src-elem``, where
   they are configured, rule elements instead and get the hashes too.
6. A directive the configuration excludes is left exactly as it was written. One with
   ``'unsafe-inline'`` gets no hashes: they would switch it off in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from millennium.errors import InvalidValueError
from millennium.security.csp_danger import refuse_dangers

CspValue = str | dict[str, str | tuple[str, ...]]
"""As configured: one string, or directive → sources."""

DEFAULT_CSP = (
    "default-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
    "media-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""What a page gets when nothing is configured."""

_DIRECTIVE = re.compile(r"[a-z]+(?:-[a-z]+)*")
_SOURCE = re.compile(r"[\x21-\x2b\x2d-\x3a\x3c-\x7e]+")  # visible ASCII without "," and ";"
_UNRULED = ("base-uri", "form-action", "frame-ancestors")
"""Directives that ``default-src`` does not stand in for."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as a mapping of directive to sources, in order."""

    directives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, value: str | Mapping[str, str | tuple[str, ...]]) -> Policy:
        """Read a configured policy.

        Raises:
            InvalidValueError: A directive or source breaks the grammar, or a directive is there
                twice, of which browsers would ignore the second.
        """
        return cls(dict(_checked(_split(value) if isinstance(value, str) else _listed(value))))

    def __str__(self) -> str:
        """Return the policy as a header carries it."""
        return "; ".join(" ".join((name, *sources)) for name, sources in self.directives.items())

    def sources(self, directive: str) -> tuple[str, ...] | None:
        """Return what rules `directive`: its own sources, else those of ``default-src``."""
        return self.directives.get(directive, self.directives.get("default-src"))

    def contains(self, directive: str, source: str) -> bool:
        """Say whether `source` is among what rules `directive`."""
        return source in (self.sources(directive) or ())

    def add(self, directive: str, *sources: str) -> Policy:
        """Return the policy with `sources` allowed too; ``'none'`` gives way to the first."""
        present = [source for source in self.sources(directive) or () if source != "'none'"]
        present.extend(source for source in dict.fromkeys(sources) if source not in present)
        return Policy({**self.directives, directive: tuple(present) or ("'none'",)})


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePolicy:
    """The app's policy, ready to be completed for each page.

    Attributes:
        policy: Made by `page_policy`.
        untouched: Directives that must stay as written.
    """

    policy: Policy
    untouched: frozenset[str] = frozenset()

    def framing(self, origin: str) -> PagePolicy:
        """Return the policy of pages that may also hold a frame of `origin`."""
        policy = self.policy
        ruling = policy.directives.get("frame-src", policy.directives.get("child-src"))
        if ruling is None and policy.sources("frame-src") is None:
            return self
        if ruling is not None:
            policy = Policy({**policy.directives, "frame-src": ruling})
        return replace(self, policy=policy.add("frame-src", origin))

    def header(
        self,
        *,
        script_hashes: Iterable[str] = (),
        style_hashes: Iterable[str] = (),
        nonce: str = "",
    ) -> str:
        """Return the header's value for one response."""
        nonces = (f"'nonce-{nonce}'",) if nonce else ()
        scripts, styles = (*script_hashes, *nonces), (*style_hashes, *nonces)
        policy = self._inline(self.policy, "script-src", scripts)
        policy = self._inline(policy, "style-src", styles)
        if "script-src-elem" in policy.directives:
            policy = self._inline(policy, "script-src-elem", scripts)
        if "style-src-elem" in policy.directives:
            policy = self._inline(policy, "style-src-elem", styles)
        return str(policy)

    def _inline(self, policy: Policy, directive: str, sources: tuple[str, ...]) -> Policy:
        is_kept = directive in self.untouched or policy.contains(directive, "'unsafe-inline'")
        if is_kept or not sources or policy.sources(directive) is None:
            return policy
        return policy.add(directive, *sources)


def page_policy(
    value: CspValue | None,
    *,
    allowed_dangers: Iterable[str] = (),
    untouched: bool | Iterable[str] = False,
) -> PagePolicy:
    """Make the app's policy of what is configured, by the rules of this module.

    Args:
        value: As configured; None or "" for `DEFAULT_CSP`.
        allowed_dangers: Script sources the configuration marks as dangerous and wanted.
        untouched: Directives that must not be changed; True for all.

    Raises:
        InvalidValueError: It is no policy.
        DangerousCspError: It allows scripts from anywhere.
    """
    policy = Policy.parse(value or DEFAULT_CSP)
    refuse_dangers(policy.directives, allowed_dangers)
    if untouched is True:
        names = frozenset(policy.directives) | {"script-src", "style-src", "connect-src"}
        return PagePolicy(policy=policy, untouched=names)
    kept = frozenset(untouched or ())
    if "script-src" not in policy.directives and "script-src" not in kept:
        inherited = policy.sources("script-src")
        policy = policy.add("script-src", *(("'self'",) if inherited is None else ()))
    if needs_self_connection(policy) and "connect-src" not in kept:
        policy = policy.add("connect-src", "'self'")
    policy = _complete(policy, kept)
    return PagePolicy(policy=policy, untouched=kept)


def _complete(policy: Policy, kept: frozenset[str]) -> Policy:
    """Return the policy with the default's word on what it would leave open, but for `kept`."""
    open_to_all = () if "default-src" in policy.directives else ("object-src",)
    default = Policy.parse(DEFAULT_CSP).directives
    missing = {
        name: default[name]
        for name in (*open_to_all, *_UNRULED)
        if name not in policy.directives and name not in kept
    }
    return Policy({**policy.directives, **missing})


def needs_self_connection(policy: Policy) -> bool:
    """Say whether pages could not send bytes to Python under this policy as it is."""
    sources = policy.sources("connect-src")
    return sources is not None and not {"'self'", "*"} & set(sources)


def _split(text: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    for part in text.split(";"):
        name, *sources = part.split() or [""]
        if name:
            yield name, tuple(sources)


def _listed(
    value: Mapping[str, str | tuple[str, ...]],
) -> Iterable[tuple[str, tuple[str, ...]]]:
    for name, sources in value.items():
        yield name, tuple(sources.split()) if isinstance(sources, str) else sources


def _checked(
    pairs: Iterable[tuple[str, tuple[str, ...]]],
) -> Iterable[tuple[str, tuple[str, ...]]]:
    seen: set[str] = set()
    for written, sources in pairs:
        name = written.lower()
        if not _DIRECTIVE.fullmatch(name):
            raise InvalidValueError(f"{written!r} is no directive of a content security policy")
        if name in seen:
            raise InvalidValueError(f"{name} is there twice in the content security policy")
        for source in sources:
            if not _SOURCE.fullmatch(source):
                raise InvalidValueError(f"{source!r} in {name} is no source")
        seen.add(name)
        yield name, sources
