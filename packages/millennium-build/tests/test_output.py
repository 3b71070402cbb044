"""What is written is whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium_build.errors import OutputError
from millennium_build.output import replaced_folder, write_executable, write_file


def test_executable_may_be_executed(tmp_path: Path) -> None:
    write_executable(tmp_path / "new" / "app", b"#!/bin/sh\n")
    assert (tmp_path / "new" / "app").stat().st_mode & 0o777 == 0o755


def test_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    write_file(tmp_path / "a", b"old")
    write_file(tmp_path / "a", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"new")]


def test_folder_that_takes_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="file/app"):
        write_executable(tmp_path / "file" / "app", b"")


def test_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "old").write_bytes(b"")
    with replaced_folder(target) as folder:
        (folder / "new").write_bytes(b"")
    assert [path.name for path in target.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt], ids=["failure", "ctrl-c"])
def test_interrupted_block_leaves_the_old_folder_and_nothing_else(
    tmp_path: Path, error: type[BaseException]
) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "old").write_bytes(b"")
    with pytest.raises(error), replaced_folder(target) as folder:
        _write_half(folder, error)
    assert [path.name for path in target.iterdir()] == ["old"]
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


def test_folder_above_that_takes_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="file"), replaced_folder(tmp_path / "file" / "target"):
        raise AssertionError("the block must not run")


def _write_half(folder: Path, error: type[BaseException]) -> None:
    (folder / "half").write_bytes(b"")
    raise error
