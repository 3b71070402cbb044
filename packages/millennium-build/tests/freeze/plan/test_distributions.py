"""Modules are traced to the distributions that installed them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from millennium_build.freeze.plan.distributions import InstalledDistributions

METADATA = """Metadata-Version: 2.4
Name: A-Thing
Version: 1.5
License: MIT
 text of it
Classifier: x
Description-Content-Type: text/plain

A long description.
"""


def _install(folder: Path, *, editable: Path | None = None) -> None:
    info = folder / "a_thing-1.5.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(METADATA)
    (info / "RECORD").write_text("thing/__init__.py,,\n_thing.abi3.so,,\n../bin/x,,\n")
    (info / "entry_points.txt").write_text("[group]\na = thing:f\n")
    url = {"url": (editable or folder).as_uri(), "dir_info": {"editable": editable is not None}}
    (info / "direct_url.json").write_text(json.dumps(url))


@pytest.mark.parametrize("name", ["thing/__init__.py", "thing/deep/x.py", "_thing.abi3.so"])
def test_module_belongs_to_what_recorded_it(tmp_path: Path, name: str) -> None:
    _install(tmp_path)
    module = name.removesuffix(".py").removesuffix(".abi3.so").replace("/", ".")
    owners = InstalledDistributions([tmp_path]).owners([(module, tmp_path / name)])
    assert [(found.name, found.version) for found in owners] == [("A-Thing", "1.5")]


def test_module_of_another_folder_does_not(tmp_path: Path) -> None:
    _install(tmp_path / "site")
    found = InstalledDistributions([tmp_path / "site"])
    assert found.owners([("thing", tmp_path / "thing.py")]) == ()


def test_module_below_an_editable_source_does(tmp_path: Path) -> None:
    _install(tmp_path / "site", editable=tmp_path / "source")
    found = InstalledDistributions([tmp_path / "site"])
    owners = found.owners([("anything", tmp_path / "source" / "src" / "anything.py")])
    assert [owner.name for owner in owners] == ["A-Thing"]


def test_headers_are_kept_without_long_texts(tmp_path: Path) -> None:
    _install(tmp_path)
    owners = InstalledDistributions([tmp_path]).owners([("thing", tmp_path / "thing")])
    assert owners[0].headers == (
        "Metadata-Version: 2.4\nName: A-Thing\nVersion: 1.5\nDescription-Content-Type: text/plain\n"
    )
    assert owners[0].license == "MIT"
    assert owners[0].folder == "A_Thing-1.5.dist-info"
