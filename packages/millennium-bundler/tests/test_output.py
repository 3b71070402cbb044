"""Packages on disk: whole or not at all."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from millennium_bundler.errors import FormatError
from millennium_bundler.formats.interface import Package
from millennium_bundler.output import (
    folder_digest,
    package_bytes,
    package_digest,
    path_digest,
    remove_all,
    replace_file,
    tree_digest,
    write_package,
)
from millennium_bundler.tree import Link, Tree


def app(*, data: bytes = b"run", mode: int = 0o755, target: str = "bin/run") -> Tree:
    tree = Tree(date=1)
    tree.file("Contents/bin/run", data, mode=mode)
    tree.add(Link(path="Contents/current", target=target))
    return tree


@pytest.mark.skipif(os.name == "nt", reason="needs permissions of files")
@pytest.mark.parametrize("is_program", [True, False], ids=["program", "other"])
def test_a_file_that_users_start_may_be_started(tmp_path: Path, is_program: bool):
    path = write_package(Package(file_name="app", data=b"run", is_program=is_program), tmp_path)
    assert os.access(path, os.X_OK) is is_program


def test_a_folder_is_written_with_modes_and_links(tmp_path: Path):
    path = write_package(Package(file_name="A.app", data=app()), tmp_path / "new")
    assert (path / "Contents/current").read_bytes() == b"run"
    assert stat.S_IMODE((path / "Contents/bin/run").stat().st_mode) == 0o755
    assert [left.name for left in path.parent.iterdir()] == ["A.app"]


def test_a_folder_takes_the_place_of_the_old_one(tmp_path: Path):
    (tmp_path / "A.app/old").mkdir(parents=True)
    path = write_package(Package(file_name="A.app", data=app()), tmp_path)
    assert [left.name for left in path.iterdir()] == ["Contents"]
    assert [left.name for left in tmp_path.iterdir()] == ["A.app"]


def test_when_the_new_folder_cannot_take_its_place_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "A.app/old").mkdir(parents=True)
    replace = Path.replace

    def fail_for_fresh(self: Path, target: Path) -> Path:
        if self.name == "fresh":
            raise OSError(5, "it broke")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail_for_fresh)
    with pytest.raises(FormatError, match="it broke"):
        write_package(Package(file_name="A.app", data=app()), tmp_path)
    assert [left.name for left in (tmp_path / "A.app").iterdir()] == ["old"]


def test_a_new_folder_that_cannot_take_its_place_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def fail(self: Path, target: Path) -> Path:
        raise OSError(5, "it broke")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(FormatError, match="it broke"):
        write_package(Package(file_name="A.app", data=app()), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_the_folder_should_be_is_an_error(tmp_path: Path):
    (tmp_path / "out").write_text("")
    with pytest.raises(FormatError) as caught:
        write_package(Package(file_name="a.deb", data=b""), tmp_path / "out")
    assert caught.value.code == "format.write"


def test_sizes_and_digests_of_files_and_folders():
    file = Package(file_name="a", data=b"run")
    folder = Package(file_name="A.app", data=app())
    assert (package_bytes(file), package_bytes(folder)) == (3, 3)
    assert package_digest(file) == hashlib.sha256(b"run").hexdigest()
    assert package_digest(folder) == tree_digest(app())


@pytest.mark.parametrize(
    "other",
    [app(data=b"ruN"), app(mode=0o644), app(target="bin/other")],
    ids=["content", "mode", "target"],
)
def test_whatever_differs_changes_a_folders_digest(other: Tree):
    assert tree_digest(other) != tree_digest(app())


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")
def test_nothing_is_written_through_a_link_that_lies_in_wait(tmp_path: Path):
    (tmp_path / "victim").write_text("mine")
    (tmp_path / f".a.deb.{os.getpid()}.part").symlink_to(tmp_path / "victim")
    (tmp_path / "a.deb").symlink_to(tmp_path / "victim")
    replace_file(tmp_path / "a.deb", b"package")
    assert (tmp_path / "victim").read_text() == "mine"
    assert (tmp_path / "a.deb").read_bytes() == b"package"
    assert not (tmp_path / "a.deb").is_symlink()


def link_alone(target: str, path: str) -> Tree:
    tree = Tree(date=0)
    tree.add(Link(path=path, target=target))
    return tree


def test_no_name_can_be_read_as_two_parts_of_a_line():
    assert tree_digest(link_alone("a b", "c")) != tree_digest(link_alone("a", "b c"))
    assert tree_digest(link_alone("a", "b")) == tree_digest(link_alone("a", "b"))


def test_a_folder_has_the_digest_of_the_tree_it_was_written_from(tmp_path: Path):
    path = write_package(Package(file_name="A.app", data=app()), tmp_path)
    assert folder_digest(path) == path_digest(path) == tree_digest(app())


def test_what_was_written_can_be_removed(tmp_path: Path):
    (tmp_path / "folder/inner").mkdir(parents=True)
    (tmp_path / "file").write_text("")
    remove_all([tmp_path / "folder", tmp_path / "file", tmp_path / "gone"])
    assert list(tmp_path.iterdir()) == []
