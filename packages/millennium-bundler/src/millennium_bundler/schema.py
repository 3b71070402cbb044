"""Strict reading of JSON into frozen dataclasses, and the JSON Schema of the same types.

Rules:

1. An unknown key is an error that names the nearest known one.
2. A missing key is an error unless its field has a default.
3. A value has exactly the type of its field: no number becomes text, no text a list.
4. A text matches the pattern of its field; without one it is a single line.
5. Nothing is longer than its limit, and no number outside of the bounds of its field.

Field types may be `str`, `int`, `bool`, `Literal`, a dataclass, ``tuple[T, ...]``, ``dict[str, T]``
and `FreeForm`, the one door for objects that this version does not read.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from millennium_bundler.errors import ManifestError

JSON = None | bool | int | float | str | list["JSON"] | dict[str, "JSON"]
T = TypeVar("T")

LINE = r"[^\x00-\x1f\x7f]*"
TEXT = r"[^\x00-\x08\x0b-\x1f\x7f]*"
MAX_TEXT_CHARS = 65_536
_PLACE_OF_SECRET = re.compile(r"(^|\.)(key|password)\.")
MAX_ITEMS = 20_000


@dataclass(frozen=True, slots=True)
class FreeForm:
    """A JSON object that is carried on unread."""

    value: dict[str, JSON] = field(default_factory=dict)


def text(default: str | None = None, *, pattern: str = LINE, about: str = "") -> Any:  # noqa: ANN401 - as dataclasses.field
    """Declare a text field with a pattern that the whole value must match."""
    metadata = {"pattern": pattern, "about": about}
    if default is None:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


def number(default: int | None = None, *, least: int, most: int) -> Any:  # noqa: ANN401 - as dataclasses.field
    """Declare a field for whole numbers within bounds, both included."""
    metadata = {"least": least, "most": most}
    if default is None:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


def decode(kind: type[T], value: JSON, *, place: str) -> T:
    """Read a JSON object as one dataclass.

    Args:
        kind: A frozen dataclass whose fields have the types named in the module docstring.
        value: Anything that `json.loads` returns.
        place: The file, for the errors.

    Raises:
        ManifestError: A rule of this module is broken; the message names the key.
    """
    return _Reader(place).instance(kind, value, "")


def json_schema(kind: type) -> dict[str, JSON]:
    """Return the JSON Schema (draft 2020-12) of a dataclass."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_object_schema(kind)}


@dataclass(frozen=True, slots=True)
class _Reader:
    """One reading; keeps the place for the errors."""

    place: str

    def instance(self, kind: type[T], value: JSON, key: str) -> T:
        if not isinstance(value, dict):
            raise self._bad(key, "an object", value)
        known = {item.name: item for item in _fields(kind)}
        hints = get_type_hints(kind)
        self._refuse_unknown(value, known, key)
        found: dict[str, object] = {}
        for name, item in known.items():
            path = f"{key}.{name}" if key else name
            if name in value:
                pattern = str(item.metadata.get("pattern", LINE))
                found[name] = self.value(hints[name], value[name], path, pattern)
                self._refuse_outside(item, value[name], path)
            elif item.default is MISSING and item.default_factory is MISSING:
                message = f"key {path!r} is missing"
                raise ManifestError(message, code="manifest.missing_key", place=self.place)
        return kind(**found)

    def _refuse_unknown(self, value: dict[str, JSON], known: dict[str, Any], key: str) -> None:
        for name in value:
            if name in known:
                continue
            path = f"{key}.{name}" if key else name
            near = difflib.get_close_matches(name, known, n=1)
            help_line = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"
            message = f"unknown key {path!r}"
            raise ManifestError(
                message, code="manifest.unknown_key", help=help_line, place=self.place
            )

    def _refuse_outside(self, item: Field[Any], value: JSON, key: str) -> None:
        if "least" not in item.metadata or not isinstance(value, int):
            return
        least, most = item.metadata["least"], item.metadata["most"]
        if not least <= value <= most:
            raise self._bad(key, f"a whole number from {least} to {most}", value)

    def value(self, hint: Any, value: JSON, key: str, pattern: str) -> object:  # noqa: ANN401 - a type hint
        origin = get_origin(hint)
        if origin is tuple:
            return self._array(get_args(hint)[0], value, key, pattern)
        if origin is dict:
            return self._mapping(get_args(hint)[1], value, key, pattern)
        if origin is Literal:
            return self._choice(get_args(hint), value, key)
        if hint is FreeForm:
            if not isinstance(value, dict):
                raise self._bad(key, "an object", value)
            return FreeForm(value)
        if is_dataclass(hint):
            return self.instance(hint, value, key)  # type: ignore[arg-type]  # the type itself, not an instance
        return self._scalar(hint, value, key, pattern)

    def _array(self, hint: object, value: JSON, key: str, pattern: str) -> tuple[object, ...]:
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            raise self._bad(key, f"a list of at most {MAX_ITEMS} items", value)
        return tuple(
            self.value(hint, item, f"{key}[{index}]", pattern) for index, item in enumerate(value)
        )

    def _mapping(self, hint: object, value: JSON, key: str, pattern: str) -> dict[str, object]:
        if not isinstance(value, dict) or len(value) > MAX_ITEMS:
            raise self._bad(key, f"an object of at most {MAX_ITEMS} keys", value)
        return {
            name: self.value(hint, item, f"{key}.{name}", pattern) for name, item in value.items()
        }

    def _choice(self, choices: tuple[object, ...], value: JSON, key: str) -> object:
        # type() as well: True == 1 must not pass for a number.
        if not any(value == choice and type(value) is type(choice) for choice in choices):
            raise self._bad(key, f"one of {', '.join(repr(item) for item in choices)}", value)
        return value

    def _scalar(self, hint: type, value: JSON, key: str, pattern: str) -> object:
        if type(value) is not hint:
            words = {str: "a text", int: "a whole number", bool: "true or false"}
            raise self._bad(key, words[hint], value)
        if isinstance(value, str) and (
            len(value) > MAX_TEXT_CHARS or not re.fullmatch(pattern, value)
        ):
            raise self._bad(key, f"a text that matches {pattern}", value)
        return value

    def _bad(self, key: str, wanted: str, value: JSON) -> ManifestError:
        shown = _shown(value)
        # Where an object belongs that says where a secret is, people write the secret itself.
        is_place = wanted.startswith(("an object", "a list")) or _PLACE_OF_SECRET.search(key)
        if isinstance(value, str) and is_place:
            shown = "a text"
        message = f"key {key!r} must be {wanted}, not {shown}"
        if not key:
            message = f"the manifest must be {wanted}, not {shown}"
        return ManifestError(message, code="manifest.bad_value", place=self.place)


def _shown(value: JSON) -> str:
    words: dict[type, str] = {list: "a list", dict: "an object", type(None): "null"}
    return words.get(type(value)) or repr(value)[:60]


def _fields(kind: Any) -> tuple[Field[Any], ...]:  # noqa: ANN401 - any dataclass
    return fields(kind)


def _object_schema(kind: type) -> dict[str, JSON]:
    hints = get_type_hints(kind)
    properties: dict[str, JSON] = {}
    required: list[JSON] = []
    for item in _fields(kind):
        properties[item.name] = _described(_value_schema(hints[item.name], item), item)
        if item.default is MISSING and item.default_factory is MISSING:
            required.append(item.name)
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": required,
    }


def _described(schema: dict[str, JSON], item: Field[Any]) -> dict[str, JSON]:
    about = item.metadata.get("about", "")
    return {**schema, "description": about} if about else schema


def _value_schema(hint: Any, item: Field[Any]) -> dict[str, JSON]:  # noqa: ANN401 - a type hint
    origin = get_origin(hint)
    if origin is tuple:
        return {"type": "array", "items": _value_schema(get_args(hint)[0], item)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _value_schema(get_args(hint)[1], item)}
    if origin is Literal:
        return {"enum": list(get_args(hint))}
    if hint is FreeForm:
        return {"type": "object"}
    if is_dataclass(hint):
        return _object_schema(hint)  # type: ignore[arg-type]  # the type itself, not an instance
    if hint is str:
        return {"type": "string", "pattern": f"^{item.metadata.get('pattern', LINE)}$"}
    if hint is bool:
        return {"type": "boolean"}
    bounds = {"least": "minimum", "most": "maximum"}
    found = {name: item.metadata[key] for key, name in bounds.items() if key in item.metadata}
    return {"type": "integer", **found}
