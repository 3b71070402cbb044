"""Capability files of a project are read, each error with its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium.config.capabilities import MAX_FILES, load_capabilities
from millennium.config.source import MAX_CONFIG_BYTES
from millennium.errors import CapabilityError, ConfigSyntaxError


def write(root: Path, **files: str) -> Path:
    (root / "capabilities").mkdir()
    for name, text in files.items():
        (root / "capabilities" / f"{name}.toml").write_text(text, "utf-8")
    return root


def names(root: Path, platform: str = "linux") -> list[str]:
    return [found.identifier for found in load_capabilities(root, platform=platform)]


def test_no_folder_means_no_capabilities(tmp_path: Path) -> None:
    assert load_capabilities(tmp_path, platform="linux") == ()


def test_files_are_read_in_order(tmp_path: Path) -> None:
    write(tmp_path, b="", a='"$schema" = "x"\npermissions = ["app:x"]', c='identifier = "own"')

    assert names(tmp_path) == ["a", "b", "own"]


def test_a_capability_of_another_platform_does_not_hold(tmp_path: Path) -> None:
    write(tmp_path, a='platforms = ["macos"]', b='platforms = ["linux", "macos"]')

    assert names(tmp_path) == ["b"]
    assert names(tmp_path, "macos") == ["a", "b"]


def test_two_of_one_name_are_refused(tmp_path: Path) -> None:
    write(tmp_path, a='identifier = "x"', b='identifier = "x"')
    with pytest.raises(CapabilityError, match="two capabilities"):
        names(tmp_path)


def test_so_many_files_are_read_and_no_more(tmp_path: Path) -> None:
    write(tmp_path, **{f"c{number}": "" for number in range(MAX_FILES)})
    assert len(names(tmp_path)) == MAX_FILES
    (tmp_path / "capabilities" / "more.toml").touch()
    with pytest.raises(CapabilityError, match="more than 256 files") as caught:
        names(tmp_path)
    assert str(caught.value.location).endswith("capabilities")


def test_a_file_has_a_size(tmp_path: Path) -> None:
    write(tmp_path, a="#" + "x" * (MAX_CONFIG_BYTES - 1))
    assert names(tmp_path) == ["a"]
    (tmp_path / "capabilities" / "b.toml").write_text("#" + "x" * MAX_CONFIG_BYTES)
    with pytest.raises(ConfigSyntaxError, match="larger than"):
        names(tmp_path)


def test_an_error_names_the_file(tmp_path: Path) -> None:
    write(tmp_path, a='permission = ["app:x"]')
    with pytest.raises(CapabilityError, match="permission") as caught:
        names(tmp_path)
    assert str(caught.value.location).endswith("a.toml")


def test_what_is_not_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigSyntaxError):
        names(write(tmp_path, a="x ="))
