"""Strict reading of JSON into frozen dataclasses, and the JSON Schema of the same types.

Rules:

1. An unknown key is an error that names the nearest known one.
2. A missing key is an error unless its field has a default.
3. A value has exactly the type of its field: no number becomes text, no text a list.
4. A text matches the pattern of its field; without one it is a single line.
5. Nothing is longer than its limit, and no number outside of the bounds of its field.
6. No text, key or `FreeForm` holds half of a character, U+FFFE or U+FFFF, which are none, or an end of a line that
   only Unicode knows: some of what reads a package would part the text there.
7. Names in a ``dict[str, T]`` are single lines, and not empty.
8. All keys of an object are read before one is refused: the error carries the others. Of a list it is the first.

Field types may be `str`, `int`, `bool`, `Literal`, a dataclass, ``tuple[T, ...]``, ``dict[str, T]``
and `FreeForm`, the one door for objects that this version does not read.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from itertools import islice
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from millennium_bundler.errors import ManifestError, all_of

JSON = None | bool | int | float | str | list["JSON"] | dict[str, "JSON"]
T = TypeVar("T")
_Rules = Mapping[str, Any]  # metadata of a field: pattern, wanted, most_chars

LINE = r"[^\x00-\x1f\x7f]*"
TEXT = r"[^\x00-\x08\x0b-\x1f\x7f]*"
NAME = r"[^\x00-\x1f\x7f]+"
"""A line that is not empty, such as a path."""
MAX_TEXT_CHARS = 65_536
_WANTED = {
    LINE: "one line of text",
    TEXT: "a text without control characters",
    NAME: "one line of text, not empty",
    r"[^\x00]+": "a text, not empty",
}
_PLACE_OF_SECRET = re.compile(r"(^|\.)(key|password)\.")
MAX_ITEMS = 20_000
_MAX_NAME_CHARS = 1024
_MAX_UNKNOWN = 20  # that are told of one object
_NO_SIGNS = "\ufffe\uffff\x85\u2028\u2029"
_WHOLE = "without half characters and Unicode's own ends of lines"


@dataclass(frozen=True, slots=True)
class FreeForm:
    """A JSON object that is carried on unread."""

    value: dict[str, JSON] = field(default_factory=dict)


def text(
    default: str | None = None,
    *,
    pattern: str = LINE,
    about: str = "",
    wanted: str = "",
    most: int = MAX_TEXT_CHARS,
) -> Any:  # noqa: ANN401 - as dataclasses.field
    """Declare a text field.

    Args:
        default: Of the field; none makes the key a must.
        pattern: The whole value must match it.
        about: For who reads the JSON Schema.
        wanted: What the pattern asks for, in words for who wrote something else: "a version such as 1.2.3".
        most: Characters that it may have.
    """
    metadata = {"pattern": pattern, "about": about, "wanted": wanted, "most_chars": most}
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
        wrong = [*self._unknown(value, known, key)]
        found: dict[str, object] = {}
        for name, item in known.items():
            path = f"{key}.{name}" if key else name
            try:
                if name in value:
                    found[name] = self.value(hints[name], value[name], path, item.metadata)
                    self._refuse_outside(item, value[name], path)
                else:
                    self._refuse_absence(item, path)
            except ManifestError as error:
                wrong.append(error)
        if wrong:
            raise all_of(wrong)
        return kind(**found)

    def _refuse_absence(self, item: Field[Any], key: str) -> None:
        if item.default is MISSING and item.default_factory is MISSING:
            message = f"key {key!r} is missing"
            raise ManifestError(message, code="manifest.missing_key", place=self.place)

    def _unknown(
        self, value: dict[str, JSON], known: dict[str, Any], key: str
    ) -> Iterator[ManifestError]:
        for name in islice((name for name in value if name not in known), _MAX_UNKNOWN):
            path = f"{key}.{name}" if key else name
            near = difflib.get_close_matches(name, known, n=1)
            help_line = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"
            message = f"unknown key {path!r}"
            yield ManifestError(
                message, code="manifest.unknown_key", help=help_line, place=self.place
            )

    def _refuse_outside(self, item: Field[Any], value: JSON, key: str) -> None:
        if "least" not in item.metadata or not isinstance(value, int):
            return
        least, most = item.metadata["least"], item.metadata["most"]
        if not least <= value <= most:
            raise self._bad(key, f"a whole number from {least} to {most}", value)

    def value(self, hint: Any, value: JSON, key: str, rules: _Rules) -> object:  # noqa: ANN401 - a type hint
        origin = get_origin(hint)
        if origin is tuple:
            return self._array(get_args(hint)[0], value, key, rules)
        if origin is dict:
            return self._mapping(get_args(hint)[1], value, key, rules)
        if origin is Literal:
            return self._choice(get_args(hint), value, key)
        if hint is FreeForm:
            if not isinstance(value, dict):
                raise self._bad(key, "an object", value)
            if not all(map(_is_whole, _texts(value))):
                raise self._bad(key, f"an object of texts {_WHOLE}", value)
            return FreeForm(value)
        if is_dataclass(hint):
            return self.instance(hint, value, key)  # type: ignore[arg-type]  # the type itself, not an instance
        return self._scalar(hint, value, key, rules)

    def _array(self, hint: object, value: JSON, key: str, rules: _Rules) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise self._bad(key, "a list", value)
        if len(value) > MAX_ITEMS:
            raise self._bad(key, f"a list of at most {MAX_ITEMS} items", value)
        return tuple(
            self.value(hint, item, f"{key}[{index}]", rules) for index, item in enumerate(value)
        )

    def _mapping(self, hint: object, value: JSON, key: str, rules: _Rules) -> dict[str, object]:
        if not isinstance(value, dict):
            raise self._bad(key, "an object", value)
        if len(value) > MAX_ITEMS:
            raise self._bad(key, f"an object of at most {MAX_ITEMS} keys", value)
        for name in value:
            if not (re.fullmatch(NAME, name) and _is_whole(name)) or len(name) > _MAX_NAME_CHARS:
                message = f"key {key!r} has a name that is none: {_shown(name)}"
                help_line = f"write one line of 1 to {_MAX_NAME_CHARS} characters"
                raise ManifestError(
                    message, code="manifest.bad_value", help=help_line, place=self.place
                )
        return {
            name: self.value(hint, item, f"{key}.{name}", rules) for name, item in value.items()
        }

    def _choice(self, choices: tuple[object, ...], value: JSON, key: str) -> object:
        # type() as well: True == 1 must not pass for a number.
        if not any(value == choice and type(value) is type(choice) for choice in choices):
            raise self._bad(key, f"one of {', '.join(repr(item) for item in choices)}", value)
        return value

    def _scalar(self, hint: type, value: JSON, key: str, rules: _Rules) -> object:
        if type(value) is not hint:
            words = {str: "a text", int: "a whole number", bool: "true or false"}
            raise self._bad(key, words[hint], value)
        if not isinstance(value, str):
            return value
        pattern, most = rules.get("pattern", LINE), rules.get("most_chars", MAX_TEXT_CHARS)
        if len(value) > most:
            raise self._bad(key, f"a text of at most {most} characters", value)
        if not _is_whole(value):
            raise self._bad(key, f"a text {_WHOLE}", value)
        if not re.fullmatch(pattern, value):
            wanted = rules.get("wanted") or _WANTED.get(pattern, f"a text that matches {pattern}")
            raise self._bad(key, wanted, value)
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


def _is_whole(text: str) -> bool:
    """Tell whether UTF-8, XML and files of lines take it: JSON holds halves of characters, too."""
    return not any("\ud800" <= sign <= "\udfff" or sign in _NO_SIGNS for sign in text)


def _texts(value: JSON) -> Iterator[str]:
    """Yield all texts and keys of a value that is not read further."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            left += one
        elif isinstance(one, dict):
            left += [*one, *one.values()]


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
        most = item.metadata.get("most_chars", MAX_TEXT_CHARS)
        pattern = f"^({item.metadata.get('pattern', LINE)})$"
        bound: dict[str, JSON] = {"maxLength": most} if most < MAX_TEXT_CHARS else {}
        return {"type": "string", "pattern": pattern, **bound}
    if hint is bool:
        return {"type": "boolean"}
    bounds = {"least": "minimum", "most": "maximum"}
    found = {name: item.metadata[key] for key, name in bounds.items() if key in item.metadata}
    return {"type": "integer", **found}
