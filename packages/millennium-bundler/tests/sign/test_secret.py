"""Secrets: unseen, in folders and files that nobody else reads."""

from __future__ import annotations

import errno
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from millennium_bundler.errors import SignError
from millennium_bundler.sign import secret as secret_module
from millennium_bundler.sign.secret import (
    Secret,
    masked,
    private_folder,
    work_folder,
    write_private,
)


def test_a_secret_is_not_seen_in_any_text():
    value = Secret(b"hunter2")
    assert [repr(value), str(value), f"{value}"] == ["Secret(…)"] * 3


def test_secrets_compare_by_value():
    assert Secret(b"a") == Secret(b"a")
    assert Secret(b"a") != Secret(b"b")
    assert Secret(b"a") != b"a"


def test_a_secret_is_no_key_of_a_dictionary():
    with pytest.raises(TypeError):
        hash(Secret(b"a"))


def test_every_line_of_a_secret_is_masked():
    printed = b"cannot read MIIEvQ or all of BEGIN\nMIIEvQ\nEND"
    assert b"MIIEvQ" not in masked(printed, (Secret(b"BEGIN\nMIIEvQ\nEND"),))


def test_too_short_a_part_masks_nothing():
    assert masked(b"a cat", (Secret(b"a"),)) == b"a cat"


@pytest.mark.skipif(sys.platform == "win32", reason="needs the modes of POSIX")
def test_folder_and_file_are_their_owners():
    with private_folder() as folder:
        path = write_private(folder / "key", b"k")
        modes = [stat.S_IMODE(one.stat().st_mode) for one in (folder, path)]
    assert modes == [0o700, 0o600]


def use_and_fail(kept: list[Path]) -> None:
    with private_folder() as folder:
        kept.append(write_private(folder / "key", b"k"))
        raise RuntimeError


def test_the_folder_goes_whatever_happens():
    kept: list[Path] = []
    with pytest.raises(RuntimeError):
        use_and_fail(kept)
    assert not kept[0].parent.exists()


def test_the_folder_is_a_temporary_one_where_none_is_in_memory(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(secret_module, "_IN_MEMORY", ("/no/such/place",))
    with private_folder() as folder:
        assert folder.is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="needs the modes of POSIX")
def test_a_work_folder_is_its_owners_on_disk_and_goes():
    with work_folder() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.parent == Path(tempfile.gettempdir())
    assert not folder.exists()


def fill(size: int) -> None:
    with work_folder() as folder:
        raise OSError(errno.ENOSPC, f"No space left for {size} bytes", folder / "data")


def test_a_full_disk_is_an_error_of_ours():
    with pytest.raises(SignError, match="No space left") as caught:
        fill(100)
    assert (caught.value.code, "TMPDIR" in caught.value.help) == ("sign.no_file", True)


def test_a_private_file_replaces_nothing_unasked(tmp_path: Path):
    path = write_private(tmp_path / "key", b"1")
    with pytest.raises(FileExistsError):
        write_private(path, b"2")
    assert path.read_bytes() == b"1"


def test_a_private_file_replaces_when_asked(tmp_path: Path):
    path = write_private(tmp_path / "key", b"1")
    write_private(path, b"2", replace=True)
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"2", [path])


def test_a_private_file_that_cannot_be_put_in_its_place_leaves_no_copy(tmp_path: Path):
    (tmp_path / "key/in-the-way").mkdir(parents=True)
    with pytest.raises(OSError, match="key"):
        write_private(tmp_path / "key", b"a secret", replace=True)
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from millennium_bundler.sign.secret import write_private
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (4, hard))
try:
    write_private(Path(sys.argv[1]), b"a secret", replace=sys.argv[2] == "replace")
except OSError:
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))  # whoever measures this writes at its end
    sys.exit(7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs the limits of POSIX")
@pytest.mark.parametrize("how", ["new", "replace"])
def test_a_private_file_that_cannot_be_written_whole_leaves_no_part(tmp_path: Path, how: str):
    command = [sys.executable, "-B", "-c", ON_A_FULL_DISK, str(tmp_path / "key"), how]
    assert subprocess.run(command, check=False).returncode == 7
    assert list(tmp_path.iterdir()) == []
