"""What to tell of modules that import by names made at run time: no scan can know the choice."""

from __future__ import annotations

from collections.abc import Mapping

MAX_CHARS = 60
ADVICE = "name what it may choose in build.include, or the module itself to hear no more of it"


def tell_unresolved(calls: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return one sentence for each module, the advice only in the last.

    Args:
        calls: Module → its calls, as they stand in the source.
    """
    sentences = [_tell(name, found) for name, found in sorted(calls.items())]
    if sentences:
        sentences[-1] += f"; {ADVICE}"
    return tuple(sentences)


def _tell(name: str, calls: tuple[str, ...]) -> str:
    first = calls[0] if len(calls[0]) <= MAX_CHARS else f"{calls[0][: MAX_CHARS - 1]}…"
    more = f" and {len(calls) - 1} more" if len(calls) > 1 else ""
    return f"{name} imports what is known only when it runs: {first}{more}"
