"""What is loaded is a sealed copy of a cached library, and only when it is what the executable expects."""

from __future__ import annotations

import errno
import hashlib
import mmap
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_build.freeze.native.inside import cache

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="needs Linux: only the native freezer has it"
)

DATA = b"a library"
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def folder(monkeypatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "app" / "libraries"


def _content(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb") as file:
        file.seek(0)
        return file.read()


def _copy(source: int) -> int:
    """Stand for the launcher's own, which is in C: a copy in memory that nobody can change."""
    status = os.fstat(source)
    if not stat.S_ISREG(status.st_mode) or status.st_size != len(DATA):
        raise OSError(errno.EILSEQ, "not the library")
    descriptor = os.memfd_create("copy", os.MFD_ALLOW_SEALING)
    os.pwrite(descriptor, os.pread(source, len(DATA), 0), 0)
    return descriptor


def open_cached(app: str, digest: str, read: Callable[[], bytes]) -> int:
    return cache.open_cached(app, digest, read=read, seal=_copy)


def _forbidden() -> bytes:
    raise AssertionError("must not be read again")


def test_library_is_written_once_with_no_rights_for_others(folder: Path) -> None:
    assert _content(open_cached("app", DIGEST, lambda: DATA)) == DATA
    assert _content(open_cached("app", DIGEST, _forbidden)) == DATA
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == [DIGEST]
    assert (folder / DIGEST).stat().st_mode & 0o777 == 0o600


def test_library_that_was_changed_is_written_anew(folder: Path) -> None:
    os.close(open_cached("app", DIGEST, lambda: DATA))
    (folder / DIGEST).write_bytes(b"something else")
    assert _content(open_cached("app", DIGEST, lambda: DATA)) == DATA


def test_library_that_is_changed_after_the_check_is_loaded_as_it_was(folder: Path) -> None:
    descriptor = open_cached("app", DIGEST, lambda: DATA)
    (folder / DIGEST).write_bytes(b"PLANTED..")
    assert _content(descriptor) == DATA


def test_control_what_is_mapped_from_the_disk_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "library"
    path.write_bytes(DATA)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE) as mapped:
        with path.open("r+b") as other:
            other.write(b"PLANTED..")
        assert mapped[:] == b"PLANTED.."


def test_copy_that_is_changed_before_it_is_sealed_is_not_loaded(folder: Path) -> None:
    def change(source: int) -> int:
        descriptor = _copy(source)
        os.pwrite(descriptor, b"PLANTED..", 0)
        return descriptor

    assert cache.open_cached("app", DIGEST, read=lambda: DATA, seal=change) == -1
    assert (folder / DIGEST).read_bytes() == DATA


def test_pipe_in_the_place_of_a_library_is_not_waited_for(folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)
    os.mkfifo(folder / DIGEST)
    assert _content(open_cached("app", DIGEST, lambda: DATA)) == DATA


def test_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)
    (tmp_path / "elsewhere").write_bytes(DATA)
    (folder / DIGEST).symlink_to(tmp_path / "elsewhere")
    assert open_cached("app", DIGEST, lambda: DATA) == -1


def test_folder_that_others_may_write_is_not_used(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    assert open_cached("app", DIGEST, lambda: DATA) == -1
    assert list(folder.iterdir()) == []


def test_wrong_content_is_never_given(folder: Path) -> None:
    assert open_cached("app", DIGEST, lambda: b"wrong") == -1


def test_without_a_folder_the_library_comes_from_memory(monkeypatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert open_cached("app", DIGEST, lambda: DATA) == -1


def test_cache_is_in_the_home_without_a_variable(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    os.close(open_cached("app", DIGEST, lambda: DATA))
    assert (tmp_path / ".cache" / "app" / "libraries" / DIGEST).is_file()
