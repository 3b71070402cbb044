"""Files behind an approved path: no link is followed, and a write is whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from millennium import files
from millennium.errors import TooLargeError
from millennium.files import Entry, is_there, list_folder, open_file, read_file, replace_file


@pytest.fixture(params=[True, False], ids=["by-descriptor", "by-path"], autouse=True)
def has_descriptors(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(files, "HAS_DESCRIPTORS", request.param)
    return bool(request.param)


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 3_000_000)
    assert read_file(path, max_bytes=3_000_000) == b"x" * 3_000_000


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1234")
    with pytest.raises(TooLargeError, match="a has more than 3 bytes"):
        read_file(path, max_bytes=3)


def test_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic links"):
        read_file(tmp_path / "link", max_bytes=10)


def test_a_folder_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path, max_bytes=10)


@pytest.mark.parametrize("path", ["/dev/null", "/dev/tty", "/dev/full"])
def test_a_device_is_neither_read_nor_replaced(path: str) -> None:
    with pytest.raises(IsADirectoryError):
        read_file(Path(path), max_bytes=10)
    with pytest.raises(IsADirectoryError):
        replace_file(Path(path), b"x")


def test_a_socket_is_neither_read_nor_replaced(tmp_path: Path) -> None:
    os.mknod(tmp_path / "socket", stat.S_IFSOCK | 0o600)
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path / "socket", max_bytes=10)
    with pytest.raises(IsADirectoryError):
        replace_file(tmp_path / "socket", b"x")


def test_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(IsADirectoryError):
        replace_file(tmp_path / "pipe", b"x")


def test_what_became_a_pipe_after_the_look_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").touch()
    os.mkfifo(tmp_path / "pipe")
    file = (tmp_path / "a").stat()
    monkeypatch.setattr(os, "stat", lambda *_, **__: file)
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path / "pipe", max_bytes=10)


def test_an_open_file_stays_the_one_that_was_opened(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("first")
    with open_file(tmp_path / "a") as file:
        replace_file(tmp_path / "a", b"second")
        assert file.read() == b"first"


@pytest.mark.parametrize("name", ["a", "gone/a", "file/a"], ids=["no file", "no folder", "a file"])
def test_what_is_not_there_is_not_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    assert not is_there(tmp_path / name)


def test_what_is_there_is_there(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert is_there(tmp_path / "file")
    assert is_there(tmp_path / "link")
    assert is_there(tmp_path)
    assert is_there(Path("/"))


def test_the_right_to_run_as_somebody_else_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o6755)
    replace_file(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o755


@pytest.mark.parametrize("changed", ["path", "file"])
def test_without_descriptors_what_was_opened_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    monkeypatch.setattr(files, "HAS_DESCRIPTORS", False)
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").write_text("secret")
    real_open = os.open
    real_path = os.path.realpath

    def open_the_other(name: str, *rest: object, **more: object) -> int:
        if changed == "path":
            monkeypatch.setattr(os.path, "realpath", lambda path: f"{real_path(path)}/elsewhere")
        return real_open(tmp_path / "b", os.O_RDONLY)

    monkeypatch.setattr(os, "open", open_the_other)
    with pytest.raises(OSError, match="symbolic links"):
        read_file(tmp_path / "a", max_bytes=10)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path / "pipe", max_bytes=10)


def test_a_file_is_made(tmp_path: Path) -> None:
    replace_file(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


def test_a_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old and longer")
    path.chmod(0o640)
    replace_file(path, memoryview(b"new"))
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o640)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


def test_a_link_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="symbolic links"):
        replace_file(tmp_path / "link", b"y")
    assert (tmp_path / "target").read_text() == "x"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def fail(number: int) -> None:
        raise OSError(28, "disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


def test_a_folder_is_listed_by_name_with_kinds(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "a").write_text("x")
    (tmp_path / "c").symlink_to(tmp_path / "b")
    os.mkfifo(tmp_path / "d")
    assert list_folder(tmp_path) == [
        Entry(name="a", kind="file"),
        Entry(name="b", kind="directory"),
        Entry(name="c", kind="link"),
        Entry(name="d", kind="other"),
    ]


def test_a_folder_over_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_ENTRIES", 1)
    (tmp_path / "a").touch()
    assert len(list_folder(tmp_path)) == 1
    (tmp_path / "b").touch()
    with pytest.raises(TooLargeError, match="more than 1 entries"):
        list_folder(tmp_path)


def test_a_file_is_not_listed(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(NotADirectoryError):
        list_folder(tmp_path / "a")


def test_a_folder_that_became_a_link_is_not_entered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "HAS_DESCRIPTORS", True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a").write_text("secret")
    (tmp_path / "inside").symlink_to(tmp_path / "outside")
    with pytest.raises(OSError, match="Not a directory"):
        read_file(tmp_path / "inside" / "a", max_bytes=10)
    with pytest.raises(OSError, match="Not a directory"):
        replace_file(tmp_path / "inside" / "a", b"x")
