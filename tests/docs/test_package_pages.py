"""What the pages of packages tell readers to write is what the configuration and the manifest take."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from millennium.config.load import load_config
from millennium.config.not_yet import find_unused
from millennium.errors import ConfigError
from millennium_bundler.errors import ManifestError
from millennium_bundler.schema import decode
from millennium_bundler.settings import BundleSettings

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to"
PAGES = (
    *("make-packages", "make-a-debian-package", "package-for-linux", "package-for-windows"),
    *("package-for-macos", "sign-and-update"),
)
BLOCKS = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FOUND = [
    (page, kind, text)
    for page in PAGES
    for kind, text in BLOCKS.findall((HOW_TO / f"{page}.md").read_text(encoding="utf-8"))
]
TOML = [(page, text) for page, kind, text in FOUND if kind == "toml" and "tool.millennium" in text]
JSON = [(page, text) for page, kind, text in FOUND if kind == "json"]
APP = '[tool.millennium]\nidentifier = "org.example.notes"\n'
MANIFEST: dict[str, Any] = {
    "schema": 1,
    "identifier": "org.example.notes",
    "product_name": "Notes",
    "binary_name": "notes",
    "version": "1.0.0",
    "target": "x86_64-linux-gnu",
    "executable": "notes",
}


def configure(text: str, root: Path) -> list[str]:
    """Read a configuration that has a page's lines; return what of it does nothing."""
    head = "" if "[tool.millennium]\n" in text else APP
    (root / "pyproject.toml").write_text(head + text, encoding="utf-8")
    return list(find_unused(load_config(root).config))


def read_manifest(text: str) -> BundleSettings:
    """Read a manifest that has a page's keys, which may be a part of one."""
    whole = text if text.lstrip().startswith("{") else f"{{{text}}}"
    return decode(BundleSettings, {**MANIFEST, **json.loads(whole)}, place="page")


@pytest.mark.parametrize(("page", "text"), TOML, ids=[page for page, _ in TOML])
def test_the_configuration_takes_what_a_page_shows(page: str, text: str, tmp_path: Path) -> None:
    assert (page, configure(text, tmp_path)) == (page, [])


@pytest.mark.parametrize(("page", "text"), JSON, ids=[page for page, _ in JSON])
def test_the_manifest_takes_what_a_page_shows(page: str, text: str) -> None:
    assert (page, read_manifest(text).schema) == (page, 1)


def test_a_key_that_is_misspelt_on_a_page_is_found(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        configure('[tool.millennium.bundle]\ntarget = ["deb"]\n', tmp_path)
    with pytest.raises(ManifestError):
        read_manifest('"signin": {}')
