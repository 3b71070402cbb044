"""The finder finds what the interpreter would import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from millennium_build.freeze.plan.finder import ModuleFinder

SUFFIXES = (".cpython-311-x86_64-linux-gnu.so", ".so")


def _write(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    return folder


def _finder(*search: Path, **options: Any) -> ModuleFinder:
    return ModuleFinder(search, suffixes=SUFFIXES, builtin=frozenset({"sys"}), **options)


@pytest.mark.parametrize(
    ("files", "kind", "path"),
    [
        (["a.py"], "source", "a.py"),
        (["a/__init__.py", "a.py"], "source", "a/__init__.py"),
        (["a.so", "a.py"], "extension", "a.so"),
        (["a/__init__.so", "a/__init__.py"], "extension", "a/__init__.so"),
        (["a.py", "a/x.py"], "source", "a.py"),
    ],
    ids=["module", "package-first", "extension-first", "compiled-package", "before-namespace"],
)
def test_order_is_the_interpreters(tmp_path: Path, files: list[str], kind: str, path: str) -> None:
    found = _finder(_write(tmp_path, *files)).find("a")
    assert found is not None
    assert (found.kind, found.path) == (kind, tmp_path / path)


def test_builtin_needs_no_file() -> None:
    found = _finder().find("sys")
    assert found is not None
    assert (found.kind, found.is_package) == ("builtin", False)


def test_namespace_has_all_its_portions(tmp_path: Path) -> None:
    _write(tmp_path, "one/n/a.py", "two/n/b.py")
    found = _finder(tmp_path / "one", tmp_path / "two").find("n")
    assert found is not None
    assert found.locations == (tmp_path / "one" / "n", tmp_path / "two" / "n")


def test_submodule_is_looked_for_in_its_package_only(tmp_path: Path) -> None:
    _write(tmp_path, "p/__init__.py", "p/a.py", "b.py")
    finder = _finder(tmp_path)
    assert finder.find("p.a", [tmp_path / "p"]) is not None
    assert finder.find("p.b", [tmp_path / "p"]) is None


def test_restricted_folder_gives_its_names_only(tmp_path: Path) -> None:
    _write(tmp_path, "gi/__init__.py", "apt.py")
    finder = _finder(only={tmp_path: frozenset({"gi"})})
    assert finder.find("gi") is not None
    assert finder.find("apt") is None


@pytest.mark.parametrize("name", ["absent", "empty"])
def test_nothing_is_found_where_nothing_is(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    assert _finder(tmp_path, tmp_path / "no-folder").find(name) is None
