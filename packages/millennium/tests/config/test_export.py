"""The configuration prints as what reads back, and the schema describes it."""

from __future__ import annotations

import json
import tomllib

import msgspec
import pytest

from millennium.config.export import dump_json, dump_toml, json_schema
from millennium.config.schema import Config

CONFIG = msgspec.convert(
    {
        "identifier": "a.b",
        "description": 'quotes " and \\ and \u007f and é',
        "windows": [{"label": "a"}, {"label": "b", "width": 3.5, "min-width": 1}],
        "plugins": {"x": {"a key": [1, {"b": None, "c": True}], "t": {"y": 1}}},
        "allowlist": {"fs": {"scope": {"allow": ["$HOME/**"]}}},
        "tray": {"icon-path": "x.png"},
        "cli": {"subcommands": {"run": {"args": [{"name": "v"}]}}},
        "bundle": {"deb": {"files": {"/usr/share/x": "x"}}},
    },
    Config,
)


def test_json_reads_back() -> None:
    assert msgspec.json.decode(dump_json(CONFIG), type=Config) == CONFIG


def test_toml_reads_back_without_what_is_unset() -> None:
    tree = tomllib.loads(dump_toml(CONFIG))
    found = msgspec.convert(tree, Config)

    assert found == msgspec.structs.replace(
        CONFIG, plugins={"x": {"a key": [1, {"c": True}], "t": {"y": 1}}}
    )


def test_an_empty_table_in_a_list_prints() -> None:
    config = msgspec.structs.replace(CONFIG, plugins={"x": {"list": [{}, {}]}})

    assert tomllib.loads(dump_toml(config))["plugins"] == {"x": {"list": [{}, {}]}}


@pytest.mark.parametrize(
    ("spelling", "key"), [("kebab", "dist-dir"), ("camel", "distDir")], ids=["toml", "json5"]
)
def test_the_schema_spells_keys_as_the_file_does(spelling: str, key: str) -> None:
    document = json_schema("kebab" if spelling == "kebab" else "camel")
    definitions = document["$defs"]
    assert isinstance(definitions, dict)
    build = definitions["BuildConfig"]
    assert isinstance(build, dict)

    assert key in json.dumps(build["properties"])
    assert build["additionalProperties"] is False


def test_the_schema_says_what_a_key_means() -> None:
    text = json.dumps(json_schema())

    assert "The folder with the page, relative to the project." in text
    assert "Reverse domain name" in text
    assert '"required": ["identifier"]' in text


def test_each_reference_of_the_schema_exists() -> None:
    document = json_schema()
    definitions = document["$defs"]
    assert isinstance(definitions, dict)
    referenced = {part.partition('"')[0] for part in json.dumps(document).split('"#/$defs/')[1:]}

    assert referenced <= set(definitions)
