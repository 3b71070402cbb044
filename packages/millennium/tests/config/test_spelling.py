"""Keys have one spelling per format, and only those of the schema exist."""

from __future__ import annotations

import pytest
from msgspec.inspect import type_info

from millennium.config.schema import Config
from millennium.config.spelling import Speller, as_written, to_camel, to_kebab
from millennium.config.tree import JSON, KeyPath
from millennium.errors import Location, UnknownKeyError

SCHEMA = type_info(Config)


def locate(path: KeyPath) -> Location:
    return Location("/".join(map(str, path)))


CAMEL = Speller(spell=to_camel, locate=locate)
KEBAB = Speller(spell=as_written, locate=locate)


@pytest.mark.parametrize(
    ("camel", "kebab"),
    [
        ("distDir", "dist-dir"),
        ("label", "label"),
        ("withGlobalMillennium", "with-global-millennium"),
        ("x", "x"),
    ],
)
def test_a_name_has_two_spellings(camel: str, kebab: str) -> None:
    assert to_kebab(camel) == kebab
    assert to_camel(kebab) == camel


def test_the_original_s_capitals_are_kept() -> None:
    assert to_camel("macos") == "macOS"
    assert to_camel("macos-private-api") == "macOSPrivateApi"


def test_camel_case_becomes_the_schema_s() -> None:
    tree: JSON = {
        "identifier": "a.b",
        "build": {"beforeDevCommand": {"script": "x", "wait": True}, "includeData": ["a"]},
        "windows": [{"minWidth": 1}],
        "security": {"csp": {"script-src": "'self'"}, "devCsp": "img-src a"},
        "plugins": {"myPlugin": {"someKey": {"innerKey": 1}}},
        "cli": {"subcommands": {"runIt": {"longDescription": "x"}}},
        "updater": {"windows": {"installMode": "basicUi"}},
        "allowlist": {"fs": {"scope": {"requireLiteralLeadingDot": False}}},
        "bundle": {
            "macOS": {"providerShortName": "x"},
            "targets": ["deb", "updater"],
            "createUpdaterArtifacts": "v1Compatible",
            "windows": {"wix": {"language": {"de-DE": {"localePath": "de.json"}}}},
        },
        "tray": None,
    }

    assert CAMEL.canonical(tree, SCHEMA) == {
        "identifier": "a.b",
        "build": {"before-dev-command": {"script": "x", "wait": True}, "include-data": ["a"]},
        "windows": [{"min-width": 1}],
        "security": {"csp": {"script-src": "'self'"}, "dev-csp": "img-src a"},
        "plugins": {"myPlugin": {"someKey": {"innerKey": 1}}},
        "cli": {"subcommands": {"runIt": {"long-description": "x"}}},
        "updater": {"windows": {"install-mode": "basic-ui"}},
        "allowlist": {"fs": {"scope": {"require-literal-leading-dot": False}}},
        "bundle": {
            "macos": {"provider-short-name": "x"},
            "targets": ["deb", "updater"],
            "create-updater-artifacts": "v1-compatible",
            "windows": {"wix": {"language": {"de-DE": {"locale-path": "de.json"}}}},
        },
        "tray": None,
    }


def test_a_value_nobody_knows_stays_for_the_types_to_refuse() -> None:
    tree: JSON = {"build": {"freezer": "someThing", "shape": 3}, "windows": 7}

    assert CAMEL.canonical(tree, SCHEMA) == tree


@pytest.mark.parametrize(
    ("speller", "tree", "shown", "advice"),
    [
        (KEBAB, {"identifiers": "x"}, "identifiers", "did you mean 'identifier'?"),
        (KEBAB, {"build": {"dist_dir": "x"}}, "build.dist_dir", "did you mean 'dist-dir'?"),
        (KEBAB, {"build": {"distDir": "x"}}, "build.distDir", "did you mean 'dist-dir'?"),
        (CAMEL, {"build": {"dist-dir": "x"}}, "build.dist-dir", "did you mean 'distDir'?"),
        (CAMEL, {"windows": [{"titles": "x"}]}, "windows[0].titles", "did you mean 'title'?"),
        (CAMEL, {"bundle": {"macOS": {"x": 1}}}, "bundle.macOS.x", "known here: bundleVersion"),
        (KEBAB, {"security": {"pattern": {"qqq": 1}}}, "security.pattern.qqq", "known here: options, use"),
    ],
    ids=["root", "snake", "camel", "kebab", "item", "capitals", "far"],
)  # fmt: skip
def test_an_unknown_key_names_its_place_and_the_nearest(
    speller: Speller, tree: JSON, shown: str, advice: str
) -> None:
    with pytest.raises(UnknownKeyError) as caught:
        speller.canonical(tree, SCHEMA)

    assert caught.value.message == f"unknown key '{shown}'"
    assert caught.value.help.startswith(advice)
    assert caught.value.location is not None
