"""Prints the configuration and the JSON Schema that editors check it against."""

from __future__ import annotations

import re
from collections.abc import Callable
from inspect import cleandoc
from typing import Literal

import msgspec

from millennium.config.schema import Config
from millennium.config.spelling import as_written, to_camel
from millennium.config.tree import JSON

Spelling = Literal["kebab", "camel"]
_SPELLERS: dict[Spelling, Callable[[str], str]] = {"kebab": as_written, "camel": to_camel}
_ATTRIBUTE = re.compile(r"^ {4}(?P<name>\w+): (?P<text>.*(?:\n {8}.*)*)", re.MULTILINE)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
SCHEMA_ID = "https://millennium.pyke.io/python/v1"


def json_schema(spelling: Spelling = "kebab") -> dict[str, JSON]:
    """Return the JSON Schema of the configuration, with descriptions.

    Args:
        spelling: ``kebab`` for TOML, ``camel`` for JSON5.
    """
    (root,), components = msgspec.json.schema_components(
        [Config],
        schema_hook=_schema_of_anything,
        ref_template="#/$defs/{name}",
    )
    document: dict[str, JSON] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Configuration of a Millennium app",
        **root,
        "$defs": {name: _tidy(schema, _SPELLERS[spelling]) for name, schema in components.items()},
    }
    return document


def dump_json(config: Config) -> str:
    """Return the whole configuration, defaults included, as JSON in the schema's spelling."""
    return msgspec.json.format(msgspec.json.encode(config), indent=2).decode()


def dump_toml(config: Config) -> str:
    """Return the whole configuration, defaults included, as TOML; what is unset is left out."""
    tree: dict[str, JSON] = msgspec.json.decode(msgspec.json.encode(config))
    return "\n".join(_toml_table(tree, ())).strip() + "\n"


def _schema_of_anything(kind: type) -> dict[str, JSON]:
    return {"description": f"any value ({kind.__name__})"}


def _tidy(schema: dict[str, JSON], spell: Callable[[str], str]) -> dict[str, JSON]:
    """Respell a component's keys and move the text of its docstring to where editors look."""
    docstring = cleandoc(str(schema.get("description", "")))
    texts = {
        match["name"].replace("_", "-"): re.sub(r"\s+", " ", match["text"])
        for match in _ATTRIBUTE.finditer(docstring)
    }
    tidy = {**schema, "description": docstring.partition("\n")[0]}
    properties, required = schema["properties"], schema["required"]
    if isinstance(properties, dict):  # pragma: no branch
        tidy["properties"] = {
            spell(name): _described(value, texts.get(name)) for name, value in properties.items()
        }
    if isinstance(required, list):  # pragma: no branch
        tidy["required"] = [spell(str(name)) for name in required]
    return tidy


def _described(schema: JSON, text: str | None) -> JSON:
    return {**schema, "description": text} if text and isinstance(schema, dict) else schema


def _toml_table(table: dict[str, JSON], path: tuple[str, ...]) -> list[str]:
    lines: list[str] = []
    plain = {key: value for key, value in table.items() if not _is_table(value)}
    if path and (plain or not table):
        lines += ["", f"[{'.'.join(_toml_key(part) for part in path)}]"]
    lines += [
        f"{_toml_key(key)} = {_toml_value(value)}"
        for key, value in plain.items()
        if value is not None
    ]
    for key, value in table.items():
        if isinstance(value, dict):
            lines += _toml_table(value, (*path, key))
        else:
            lines += [line for row in _rows(value) for line in _toml_row(row, (*path, key))]
    return lines


def _toml_row(row: dict[str, JSON], path: tuple[str, ...]) -> list[str]:
    return [
        "",
        f"[[{'.'.join(_toml_key(part) for part in path)}]]",
        *(
            f"{_toml_key(key)} = {_toml_value(value)}"
            for key, value in row.items()
            if value is not None
        ),
    ]


def _is_table(value: JSON) -> bool:
    return isinstance(value, dict) or bool(_rows(value))


def _rows(value: JSON) -> list[dict[str, JSON]]:
    """Return the tables of a list that holds nothing else; [] for any other value."""
    if not isinstance(value, list):
        return []
    rows = [item for item in value if isinstance(item, dict)]
    return rows if len(rows) == len(value) else []


def _toml_key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _toml_value(key)


def _toml_value(value: JSON) -> str:
    if isinstance(value, dict):
        present = {key: item for key, item in value.items() if item is not None}
        pairs = (f"{_toml_key(key)} = {_toml_value(item)}" for key, item in present.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_toml_value(item) for item in value)}]"
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")
