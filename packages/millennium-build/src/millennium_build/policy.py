"""Explains the content security policy: each source, where it comes from, and what it allows.

The policy itself is made where the app makes it, `millennium.security.csp`; here it is only read,
beside the configuration it was made of and the pages it will be sent with.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from millennium.assets.directory import DirectoryAssets
from millennium.assets.key import AssetKey
from millennium.assets.resolver import Asset
from millennium.config.load import LoadedConfig, require_assets
from millennium.security.csp import DEFAULT_CSP, PagePolicy, Policy, page_policy
from millennium_build.errors import UsageError
from millennium_build.policy_words import describe_source, find_warnings

FRAME = "millennium://i….localhost"
"""The isolation frame's origin; another one in each session."""

NONCE = "…"
DEFAULT = "default policy"
_INLINE = re.compile(r"<(script|style)\b[^>]*>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE)
_PAGES = (".html", ".htm")
_UNRULED = frozenset({"base-uri", "form-action", "frame-ancestors"})  # not by default-src


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source of a directive.

    Attributes:
        text: As the header has it.
        origin: Where it comes from: a line of the configuration, a file, the framework.
        allows: What it lets a page do.
    """

    text: str
    origin: str
    allows: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """One directive; `sources` are in the header's order."""

    name: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A policy, explained.

    Attributes:
        pages: The pages it is for.
        header: As it is sent, with ``…`` where each session or response has something new.
        warnings: What an attacker would like about it.
    """

    pages: tuple[str, ...]
    header: str
    directives: tuple[Directive, ...]
    warnings: tuple[str, ...]


@dataclass(slots=True)
class _Found:
    """What the pages bring: hash → where it is; pages with places for a nonce."""

    scripts: dict[str, str] = field(default_factory=dict)
    styles: dict[str, str] = field(default_factory=dict)
    nonces: list[str] = field(default_factory=list)


def explain_policy(loaded: LoadedConfig, *, page: str = "", is_dev: bool = False) -> Explanation:
    """Explain the policy of one page, or of all pages at once.

    Args:
        loaded: The configuration.
        page: Its path below the folder with the page; empty for all.
        is_dev: Whether to explain what ``millennium dev`` serves: ``security.dev-csp``.

    Raises:
        UsageError: There is no such page.
        millennium.errors.ConfigError: There is no folder with the page.
    """
    security = loaded.config.security
    key = "dev-csp" if is_dev and security.dev_csp else "csp"
    value = security.dev_csp if key == "dev-csp" else security.csp
    made = page_policy(
        value,
        allowed_dangers=security.dangerous_script_sources,
        untouched=security.dangerous_disable_asset_csp_modification,
    )
    if security.pattern.use == "isolation":
        made = made.framing(FRAME)
    pages = _pages(loaded, page)
    found = _read(pages)
    nonce = NONCE if found.nonces else ""
    header = made.header(script_hashes=found.scripts, style_hashes=found.styles, nonce=nonce)
    origins = _Origins(loaded=loaded, key=key, found=found, written=Policy.parse(value or ""))
    return Explanation(
        pages=tuple(pages),
        header=header,
        directives=tuple(origins.explain(_directives(header))),
        warnings=tuple(find_warnings(_directives(header), _dropped(made, found))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origins:
    """Knows where sources come from; nothing `written` means the default policy."""

    loaded: LoadedConfig
    key: str
    found: _Found
    written: Policy

    def explain(self, directives: Mapping[str, tuple[str, ...]]) -> Iterator[Directive]:
        for name, texts in directives.items():
            sources = (
                Source(text=text, origin=self._origin(name, text), allows=describe_source(text))
                for text in texts
            )
            yield Directive(name=name, sources=tuple(sources))

    def _origin(self, name: str, text: str) -> str:
        made = self._made(text)
        if made:
            return made
        is_written = bool(self.written.directives)
        base = self.written if is_written else Policy.parse(DEFAULT_CSP)
        if text in base.directives.get(name, ()):
            return self._line() if is_written else DEFAULT
        parent = _parent(name, text, base)
        if parent:
            return f"as {parent}"
        if name == "connect-src":
            return "the bridge: bytes travel to Python over the app's own scheme"
        return DEFAULT

    def _line(self) -> str:
        """Return file, line and column of the configured policy."""
        place = self.loaded.locate("security", self.key)
        shown = _shown(Path(place.path).resolve(), self.loaded.root.resolve())
        return f"{shown}:{place.line}:{place.column}"

    def _made(self, text: str) -> str:
        """Return which part of the framework made a source; "" for none."""
        if text == FRAME:
            return "the isolation frame, new in each session"
        if text == f"'nonce-{NONCE}'":
            return f"each response, in {', '.join(self.found.nonces)}"
        return self.found.scripts.get(text) or self.found.styles.get(text, "")


def _parent(name: str, text: str, base: Policy) -> str:
    """Return the directive whose sources `name` took over; "" for none."""
    if name in _UNRULED:
        return ""
    parents = ("child-src", "default-src") if name == "frame-src" else ("default-src",)
    return next((each for each in parents if text in base.directives.get(each, ())), "")


def _directives(header: str) -> dict[str, tuple[str, ...]]:
    parts = (part.split() for part in header.split(";"))
    return {name: tuple(sources) for name, *sources in parts}


def _pages(loaded: LoadedConfig, wanted: str) -> dict[str, Asset]:
    folder = require_assets(loaded)
    assets = DirectoryAssets(folder, in_global=loaded.config.modules_in_global)
    names = [name for name in assets.keys() if name.lower().endswith(_PAGES)]  # noqa: SIM118 - it is no dict
    if wanted and wanted not in names:
        raise UsageError(
            f"there is no page {wanted!r} in {_shown(folder, loaded.root)}",
            help=f"pages: {', '.join(names) or 'none'}",
        )
    found = ((name, assets.get(AssetKey(name))) for name in ([wanted] if wanted else names))
    return {name: asset for name, asset in found if asset is not None}


def _shown(folder: Path, root: Path) -> str:
    return str(folder.relative_to(root)) if folder.is_relative_to(root) else str(folder)


def _read(pages: Mapping[str, Asset]) -> _Found:
    found = _Found()
    for name, asset in pages.items():
        places = dict(_inline_places(name, asset.data.decode()))
        for digest in asset.script_hashes:
            found.scripts.setdefault(digest, places.get(digest, f"inline script, {name}"))
        for digest in asset.style_hashes:
            found.styles.setdefault(digest, places.get(digest, f"inline style, {name}"))
        if asset.slots:
            found.nonces.append(name)
    return found


def _inline_places(name: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield hash and place of each inline script and style."""
    for match in _INLINE.finditer(text):
        content = match[2].replace("\r\n", "\n").replace("\r", "\n")
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode("ascii")
        line = text.count("\n", 0, match.start()) + 1
        is_map = "importmap" in match[0].partition(">")[0]
        kind = "import map of the build" if is_map else f"inline {match[1].lower()}"
        yield f"'sha256-{digest}'", f"{kind}, {name}:{line}"


def _dropped(made: PagePolicy, found: _Found) -> Sequence[str]:
    """Return the directives that got no hashes although pages have inline code."""
    wanted = [
        *(["script-src"] if found.scripts else []),
        *(["style-src"] if found.styles else []),
    ]
    return [
        name
        for name in wanted
        if name in made.untouched or made.policy.contains(name, "'unsafe-inline'")
    ]
