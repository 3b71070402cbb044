"""What the sources of a policy mean, in words, and which of them an attacker would like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from millennium.security.csp_danger import find_dangers

_WORDS = {
    "'self'": "files of the app",
    "'none'": "nothing",
    "'unsafe-inline'": "anything inline, injected or not",
    "'unsafe-eval'": "text that becomes code: eval, new Function, string timers",
    "'wasm-unsafe-eval'": "WebAssembly, and no other text that becomes code",
    "'unsafe-hashes'": "event handlers and style attributes with a listed hash",
    "'strict-dynamic'": "what an allowed script loads, from anywhere",
    "'report-sample'": "the first 40 characters of what is refused, in reports",
    "blob:": "what the page itself makes",
    "data:": "what stands in the address itself",
    "*": "any address",
}
_PREFIXES = {
    "'sha256-": "this text and no other",
    "'sha384-": "this text and no other",
    "'sha512-": "this text and no other",
    "'nonce-": "elements the author marked, in this load only",
}
_OPEN = frozenset({"connect-src", "default-src", "form-action", "frame-src", "img-src"})
"""Directives by which a page could carry data away."""


def describe_source(source: str) -> str:
    """Return what a source allows, in words."""
    known = _WORDS.get(source.lower())
    if known is not None:
        return known
    for prefix, words in _PREFIXES.items():
        if source.startswith(prefix):
            return words
    if source.endswith(":"):
        return f"any address that begins with {source}"
    return f"what {source} serves"


def find_warnings(
    directives: Mapping[str, tuple[str, ...]], dropped: Sequence[str] = ()
) -> Iterator[str]:
    """Yield what an attacker would like about a policy.

    Args:
        directives: Of the final policy.
        dropped: Directives without the hashes that pages need.
    """
    for name, source in find_dangers(directives):
        if not source.startswith("'nonce-"):
            yield f"{name} {source}: an injected script would run"
    for name in dropped:
        yield f"{name} is left as written: it has no hashes of what is inline in pages"
    for name, sources in directives.items():
        yield from _warnings_about(name, sources)
    if directives.get("frame-ancestors") != ("'none'",):
        yield "frame-ancestors is not 'none': other pages may show this one in a frame"


def _warnings_about(name: str, sources: tuple[str, ...]) -> Iterator[str]:
    for source in sources:
        if source.startswith("http://"):
            yield f"{name} {source}: everybody on the way can change it; use https"
        if name in _OPEN and source in {"*", "http:", "https:"}:
            yield f"{name} {source}: an injected element could tell anybody what it finds"
        if name.startswith("script-src") and source.startswith(("https://", "http://")):
            yield f"{name} {source}: who controls that address runs code in the page"
        if name.startswith("style-src") and source == "'unsafe-inline'":
            yield f"{name} {source}: an injected style can read what the page shows, bit by bit"
