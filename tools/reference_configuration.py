"""The page of all configuration keys: type, default, meaning, and whether anything reads them."""

from __future__ import annotations

import ast
import re
import types
import typing
from collections.abc import Iterator
from functools import cache
from inspect import cleandoc, getsource
from textwrap import dedent
from typing import Literal

import msgspec
from msgspec.structs import FieldInfo, fields

from millennium.config.not_yet import NOT_YET, NOT_YET_OF_WINDOWS
from millennium.config.schema import Config
from millennium.security.allowlist import Allowlist, Scope
from millennium.security.capability import Capability
from reference_sources import modules, table

HEAD = """# Configuration

Every key, from the types that read it. In TOML, below `[tool.millennium]` of `pyproject.toml` or in
`millennium.toml`, keys are written as here; in `.millenniumrc` (JSON5) `product-name` is
`productName`. A project has exactly one of the three. `millennium config print` shows what is in
force, `millennium config schema` gives an editor what stands here. An overlay for one system,
`millennium.linux.toml` (or `macos`, `windows`) beside it, is merged over it.

An unknown key is an [error](errors.md) with the nearest match, never ignored.

**○** marks keys that are known and checked, but that nothing acts on yet: see the
[roadmap](../about/roadmap.md). `millennium check`, `dev` and `build` warn about each that is set.
"""

CAPABILITIES = """## Capability files

One file each, `capabilities/<name>.toml`: see
[Let the page use an API](../how-to/allow-an-api.md) and [Permissions](permissions.md).
"""

_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)
_PLAIN = {str: "text", bool: "true, false", int: "number", float: "number", object: "anything"}


def render() -> str:
    """Return the page."""
    found = {kind: path for path, kind, _ in reversed(list(sections()))}
    parts = [HEAD]
    for path, kind, is_read in sections():
        if found[kind] == path:
            parts.append(_section(path, kind, found, is_read=is_read))
    every = frozenset(Capability.__struct_fields__)
    parts += [CAPABILITIES, _rows_of(Capability, every, found)]
    return "\n".join(parts)


def sections() -> Iterator[tuple[str, type[msgspec.Struct], bool]]:
    """Yield every table: its path as written, its type, and whether anything reads it."""
    yield from _sections(Config, "", is_read=True)


def unread(path: str) -> frozenset[str]:
    """Return the keys of a table that nothing acts on yet."""
    known = (*NOT_YET, *(f"windows.{name}" for name in NOT_YET_OF_WINDOWS))
    parts = (key.rpartition(".") for key in known)
    return frozenset(name for table_path, _, name in parts if _kebab(table_path) == path)


def unread_names(kind: type[msgspec.Struct]) -> frozenset[str]:
    """Return the keys of a table whose names no code outside the schema reads.

    Those of ``bundle`` are carried on by name, all of them (`millennium_build.bundle_settings`):
    ``tests/contract/test_bundle_manifest.py`` asks of each whether it arrives.
    """
    if kind in {found for path, found, _ in sections() if path.split(".")[0] == "bundle"}:
        return frozenset()
    return frozenset(kind.__struct_fields__) - _read_names()


def _sections(
    kind: type[msgspec.Struct], path: str, *, is_read: bool
) -> Iterator[tuple[str, type[msgspec.Struct], bool]]:
    yield path, kind, is_read
    for name, field in _fields(kind):
        inner = [found for found in _structs(field) if found not in {kind, Allowlist, Scope}]
        for found in inner:
            below = f"{path}.{_kebab(name)}" if path else _kebab(name)
            yield from _sections(found, below, is_read=is_read and name not in unread(path))


def _section(
    path: str, kind: type[msgspec.Struct], found: dict[type, str], *, is_read: bool
) -> str:
    title = f"## `{path}`\n" if path else "## Top level\n"
    acted_on = frozenset(kind.__struct_fields__) - unread(path) if is_read else frozenset()
    return f"{title}\n{_first_line(kind)}\n\n{_rows_of(kind, acted_on, found)}"


def _rows_of(kind: type[msgspec.Struct], read: frozenset[str], found: dict[type, str]) -> str:
    meanings = _meanings(kind)
    types_of = dict(_fields(kind))
    rows = [
        (
            f"`{_kebab(field.name)}`" + ("" if field.name in read else " ○"),
            _type(types_of[field.name], found),
            _default(field),
            meanings.get(field.name, ""),
        )
        for field in fields(kind)
    ]
    return table(("key", "type", "default", "meaning"), rows)


def _fields(kind: type[msgspec.Struct]) -> Iterator[tuple[str, object]]:
    hints = typing.get_type_hints(kind)
    return ((field.name, hints[field.name]) for field in fields(kind))


def _structs(annotation: object) -> list[type[msgspec.Struct]]:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return [annotation]
    return [found for part in typing.get_args(annotation) for found in _structs(part)]


def _type(annotation: object, found: dict[type, str]) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Literal:
        return ", ".join(f'`"{value}"`' for value in arguments)
    if origin in (typing.Union, types.UnionType):
        parts = [_type(part, found) for part in arguments if part is not type(None)]
        return ", or ".join(parts)
    if origin is tuple:
        return "list of: " + _type(arguments[0], found)
    if origin is dict:
        return "table of: " + _type(arguments[1], found)
    if annotation is Allowlist:
        return "[permissions](permissions.md)"
    if annotation is Scope:
        return "[scope](permissions.md#scopes)"
    if isinstance(annotation, type) and annotation in found:
        return f"[`{found[annotation]}`](#{found[annotation].replace('.', '')})"
    return _PLAIN[typing.cast("type", annotation)]  # a new type must be given words here


def _default(field: FieldInfo) -> str:
    if field.required:
        return "**required**"
    value = field.default if field.default is not msgspec.NODEFAULT else None
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, str | int | float) and value != "":
        return f"`{msgspec.json.encode(value).decode()}`"
    return ""


def _meanings(kind: type[msgspec.Struct]) -> dict[str, str]:
    text = cleandoc(kind.__doc__ or "")
    return {name: _markdown(meaning) for name, meaning in _ATTRIBUTE.findall(text)}


def _first_line(kind: type[msgspec.Struct]) -> str:
    return _markdown(cleandoc(kind.__doc__ or "").partition("\n")[0])


def _markdown(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("``", "`")


def _kebab(name: str) -> str:
    return name.replace("_", "-")


@cache
def _read_names() -> frozenset[str]:
    """Return the attributes that anything outside the schema reads, or what it merges itself."""
    nodes = [node for module in modules(without=("config",)) for node in ast.walk(module)]
    nodes += ast.walk(ast.parse(dedent(getsource(vars(Config)["effective_allowlist"].fget))))
    return frozenset(node.attr for node in nodes if isinstance(node, ast.Attribute))
