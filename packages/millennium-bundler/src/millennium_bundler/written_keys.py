"""Errors name keys as their author wrote them, where the manifest was made of a configuration.

1. The manifest's `source` names the configuration's file, how it spells keys, and which key of it became which
   of the manifest, with all below it: the longest one that fits is taken.
2. In the texts of an error, a word is a key when the manifest has one of this name and the word has a dot, or
   stands in quotes.
3. What stands below a key that the manifest knows, the name of a library say, is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from millennium_bundler.errors import BundleError
from millennium_bundler.schema import NAME, text

_WORD = re.compile(r"(?P<before>[`']?)(?<![\w./-])(?P<key>[a-z][a-z_0-9]*(?:\.[a-z][a-z_0-9]*)*)")
_STEP = re.compile(r"_(.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """What a manifest was made of.

    Attributes:
        file: The configuration, relative to the manifest; empty for a manifest that was written by hand.
        spelling: How it writes a key of two words.
        keys: Key of the manifest → key of the configuration, as it spells it; "." is where all others are.
    """

    file: str = text("")
    spelling: Literal["kebab", "camel"] = "kebab"
    keys: dict[str, str] = field(default_factory=dict, metadata={"pattern": NAME})


def known_keys(kind: Any) -> frozenset[str]:  # noqa: ANN401 - any dataclass
    """Return the paths of all keys of a schema, without places in lists."""
    return frozenset(_paths(kind, ""))


def tell_as_written(
    error: BundleError, source: SourceSettings, known: frozenset[str], manifest: Path
) -> None:
    """Let an error speak of the configuration, not of the manifest.

    Args:
        error: Its texts are changed, and those of what else is wrong.
        source: What the manifest was made of.
        known: See `known_keys`.
        manifest: Its file.
    """
    if not source.file:
        return
    for other in error.also:
        tell_as_written(other, source, known, manifest)
    message, help_line = (
        text_as_written(said, source, known) for said in (error.message, error.help)
    )
    is_about_keys = (message, help_line) != (error.message, error.help)
    if error.place == str(manifest) or (is_about_keys and not error.place):
        error.place = _shown(manifest.parent / source.file)
    error.message, error.help, error.args = message, help_line, (message,)


def text_as_written(said: str, source: SourceSettings, known: frozenset[str]) -> str:
    """Return a text whose keys are those of the configuration; see `tell_as_written`."""
    if not source.file:
        return said
    return _WORD.sub(lambda word: _as_written(word, source, known), said)


def _as_written(word: re.Match[str], source: SourceSettings, known: frozenset[str]) -> str:
    key = word["key"]
    is_key = key in known and ("." in key or bool(word["before"]))
    parts = key.split(".")
    if not is_key:  # (3)
        start = next((n for n in range(len(parts) - 1, 1, -1) if ".".join(parts[:n]) in known), 0)
        if not start:
            return word[0]
        head, tail = parts[:start], parts[start:]
        return word["before"] + ".".join([_translated(head, source), *tail])
    return word["before"] + _translated(parts, source)


def _translated(parts: list[str], source: SourceSettings) -> str:
    for count in range(len(parts), 0, -1):  # (1)
        found = source.keys.get(".".join(parts[:count]))
        if found is not None:
            return ".".join([found, *_spelled(parts[count:], source)])
    before = source.keys.get(".", "")
    return ".".join([*([before] if before else []), *_spelled(parts, source)])


def _spelled(parts: list[str], source: SourceSettings) -> list[str]:
    if source.spelling == "kebab":
        return [part.replace("_", "-") for part in parts]
    return [_STEP.sub(lambda found: found[1].upper(), part) for part in parts]


def _shown(path: Path) -> str:
    found = path.resolve()
    return str(found.relative_to(Path.cwd()) if found.is_relative_to(Path.cwd()) else found)


def _paths(kind: Any, before: str) -> Iterator[str]:  # noqa: ANN401 - any dataclass
    hints = get_type_hints(kind)
    for item in fields(kind):
        path = f"{before}.{item.name}" if before else item.name
        yield path
        for hint in (hints[item.name], *get_args(hints[item.name])):
            if is_dataclass(hint):
                yield from _paths(hint, path)
