"""How keys are written: kebab-case in TOML, camelCase in JSON5; and which of them exist.

A tree is rewritten to the one spelling the schema decodes (kebab-case). A key that no field has is
refused here, where its file is still known, together with the nearest key that exists.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from msgspec.inspect import (
    DictType,
    LiteralType,
    StructType,
    Type,
    UnionType,
    VarTupleType,
)

from millennium.config.tree import JSON, KeyPath, show_path
from millennium.errors import Location, UnknownKeyError

_CAPITAL = re.compile(r"(?<=[a-z0-9])[A-Z]")
_WORD = re.compile(r"-(.)")
_CAMEL_EXCEPTIONS = {"macos": "macOS", "macos-private-api": "macOSPrivateApi"}


def to_kebab(name: str) -> str:
    """Return a camelCase name in kebab-case."""
    return _CAPITAL.sub(lambda match: f"-{match.group()}", name).lower()


def to_camel(name: str) -> str:
    """Return a kebab-case name in camelCase, as the original spells it."""
    if name in _CAMEL_EXCEPTIONS:
        return _CAMEL_EXCEPTIONS[name]
    return _WORD.sub(lambda match: match.group(1).upper(), name)


def as_written(name: str) -> str:
    """Return a kebab-case name as it is, for TOML."""
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Speller:
    """Rewrites one file's tree to the schema's spelling.

    Attributes:
        spell: Kebab-case name → as this file writes it.
        locate: Where a path of this file stands.
    """

    spell: Callable[[str], str]
    locate: Callable[[KeyPath], Location]

    def canonical(self, tree: JSON, node: Type, path: KeyPath = ()) -> JSON:
        """Return `tree` with the keys of the schema.

        Args:
            tree: Keys as in the file.
            node: Type the schema has at this place.
            path: Of `tree`, in kebab-case.

        Raises:
            UnknownKeyError: A key that no field has.
        """
        match node:
            case StructType() if isinstance(tree, dict):
                return self._struct(tree, node, path)
            case VarTupleType() if isinstance(tree, list):
                items = enumerate(tree)
                return [self.canonical(item, node.item_type, (*path, at)) for at, item in items]
            case DictType() if isinstance(tree, dict):
                return {
                    key: self.canonical(value, node.value_type, (*path, key))
                    for key, value in tree.items()
                }
            case UnionType():
                return self.canonical(tree, _member(node, tree), path)
            case LiteralType() if isinstance(tree, str) and tree not in node.values:
                kebab = to_kebab(tree)
                return kebab if kebab in node.values and self.spell(kebab) == tree else tree
        return tree

    def _struct(self, tree: dict[str, JSON], node: StructType, path: KeyPath) -> dict[str, JSON]:
        fields = {self.spell(field.encode_name): field for field in node.fields}
        result: dict[str, JSON] = {}
        for key, value in tree.items():
            field = fields.get(key)
            if field is None:
                raise self._unknown(key, list(fields), path)
            here = (*path, field.encode_name)
            result[field.encode_name] = self.canonical(value, field.type, here)
        return result

    def _unknown(self, key: str, known: list[str], path: KeyPath) -> UnknownKeyError:
        shown = show_path((*(self._spelled(part) for part in path), key))
        plain = {re.sub("[-_]", "", name).lower(): name for name in known}
        import difflib  # noqa: PLC0415 - only to fail

        nearest = difflib.get_close_matches(re.sub("[-_]", "", key).lower(), plain, n=1)
        if nearest:
            advice = f"did you mean {plain[nearest[0]]!r}?"
        else:
            advice = f"known here: {', '.join(sorted(known))}"
        return UnknownKeyError(
            f"unknown key {shown!r}", help=advice, location=self.locate((*path, key))
        )

    def _spelled(self, part: str | int) -> str | int:
        return self.spell(part) if isinstance(part, str) else part


def _member(node: UnionType, tree: JSON) -> Type:
    """Return the member of a union that a value of this shape must be meant for."""
    wanted: tuple[type[Type], ...] = (LiteralType,)
    if isinstance(tree, dict):
        wanted = (StructType, DictType)
    elif isinstance(tree, list):
        wanted = (VarTupleType,)
    return next((member for member in node.types if isinstance(member, wanted)), node.types[0])
