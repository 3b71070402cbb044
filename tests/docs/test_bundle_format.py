"""The package format of the guide, which is that of the interface's docstring, makes packages."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from inspect import cleandoc
from pathlib import Path
from typing import Any

import pytest

from millennium_bundler import installed_formats
from millennium_bundler.bundle import BundleOptions, bundle, load_formats
from millennium_bundler.errors import PackageError
from millennium_bundler.formats.interface import Format, Package
from millennium_bundler.settings import Manifest, load_manifest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "write-a-bundle-format.md").read_text(encoding="utf-8")
DOCSTRING = cleandoc(Format.__doc__ or "")
BLOCKS = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MANIFEST = """{
  "schema": 1, "identifier": "org.example.notes", "product_name": "Notes", "binary_name": "notes",
  "version": "1.0.0", "target": "x86_64-linux-gnu", "executable": "notes", "verified": true
}"""


def block(text: str, kind: str) -> str:
    return str(next(found for named, found in BLOCKS.findall(text) if named == kind))


@pytest.fixture
def format_() -> Format[Any]:
    names: dict[str, Any] = {"__name__": "my_package"}
    # Without the future import of this file: the page's code has none.
    exec(compile(block(PAGE, "python"), "page", "exec", dont_inherit=True), names)
    made: Format[Any] = names["PlainTarFormat"]()
    return made


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    (tmp_path / "notes").write_bytes(b"#!/bin/sh\n")
    path = tmp_path / "bundle-manifest.json"
    path.write_text(MANIFEST)
    return load_manifest(path)


@pytest.mark.parametrize("kind", ["python", "toml"])
def test_the_page_and_the_interface_show_the_same(kind: str) -> None:
    assert block(PAGE, kind) == block(DOCSTRING, kind)


def test_it_makes_a_package_that_others_read(
    format_: Format[Any], manifest: Manifest, tmp_path: Path
) -> None:
    [made] = bundle(manifest, [format_], BundleOptions(output=tmp_path / "out")).made
    with tarfile.open(made.path) as archive:
        assert "notes" in {Path(name).name for name in archive.getnames()}
    assert made.path.name == "notes.tar"


def test_it_makes_the_same_bytes_twice(format_: Format[Any], manifest: Manifest) -> None:
    assert format_.make(manifest) == format_.make(manifest)


def test_its_reader_refuses_a_package_of_other_files(
    format_: Format[Any], manifest: Manifest
) -> None:
    plan = format_._plan(manifest)
    empty = io.BytesIO()
    tarfile.open(fileobj=empty, mode="w").close()
    with pytest.raises(PackageError):
        format_._verify(Package(file_name="notes.tar", data=empty.getvalue()), plan)


def test_the_entry_point_of_the_page_is_found(
    monkeypatch: pytest.MonkeyPatch, format_: Format[Any]
) -> None:
    [line] = re.findall(r'^([\w-]+) = "(.+)"$', block(PAGE, "toml"), re.MULTILINE)
    group = re.findall(r'entry-points\."([\w.]+)"', block(PAGE, "toml"))

    class Point(EntryPoint):
        def load(self) -> Callable[[], Format[Any]]:
            return type(format_)

    # Beside those that come with the bundler, whose names are taken.
    points = [Point(line[0], line[1], group[0]), *entry_points(group=installed_formats.GROUP)]
    monkeypatch.setattr(installed_formats, "entry_points", lambda group: points if group else [])
    assert group == [installed_formats.GROUP]
    assert [found.name for found in load_formats([line[0], "tar"])] == ["plain-tar", "tar"]
