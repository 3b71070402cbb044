"""The main file's folder and package."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium_build.errors import MainMissingError
from millennium_build.freeze.plan.entry import locate_entry


def test_file_beside_no_package_is_a_script(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("")
    entry = locate_entry(tmp_path / "main.py")
    assert (entry.root, entry.package) == (tmp_path, "")
    assert entry.frozen_name == "__millennium_main__"


def test_file_in_a_package_starts_above_it(tmp_path: Path) -> None:
    folder = tmp_path / "src" / "notes" / "desktop"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder.parent / "__init__.py").write_text("")
    (folder / "__main__.py").write_text("")
    entry = locate_entry(folder / "__main__.py")
    assert (entry.root, entry.package) == (tmp_path / "src", "notes.desktop")
    assert entry.frozen_name == "notes.desktop.__millennium_main__"


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MainMissingError, match=r"main\.py"):
        locate_entry(tmp_path / "main.py")
