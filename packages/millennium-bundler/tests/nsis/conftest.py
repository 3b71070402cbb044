"""A setup to write scripts of."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from millennium_bundler.nsis.languages import find_language
from millennium_bundler.nsis.setup import Setup
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import Tree
from millennium_bundler.webview_install import WebviewInstall

FIELDS = {field.name for field in dataclasses.fields(Setup)}


@pytest.fixture
def make_setup(make_windows_manifest: Callable[..., Manifest]) -> Callable[..., Setup]:
    """Makes a setup; a name is that of a field, of a key of `nsis`, or of the manifest."""

    def make(**changes: object) -> Setup:
        fields = {name: changes.pop(name) for name in FIELDS & changes.keys()}
        outer = {
            name: changes.pop(name)
            for name in (
                *("product_name", "identifier", "publisher", "version", "description", "homepage"),
                *(
                    "file_associations",
                    "deep_link_schemes",
                    "allow_downgrades",
                    "target",
                    "copyright",
                ),
            )
            if name in changes
        }
        settings = make_windows_manifest(nsis=changes, **outer).settings
        tree = Tree(date=1_735_689_600)
        tree.file("hello.exe", b"MZ program")
        tree.file("resources/deep folder/words.json", b'{"hello": "world"}')
        standard = {
            "settings": settings,
            "tree": tree,
            "executable": "hello.exe",
            "languages": (find_language("en-US"), find_language("de-DE")),
            "webview": WebviewInstall(mode="skip"),
        }
        return Setup(**{**standard, **fields})  # type: ignore[arg-type]

    return make
