"""The archive that an RPM package carries."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.archive.cpio import CpioMember, read_cpio, write_cpio
from millennium_bundler.errors import PackageError

MEMBERS = [
    CpioMember(name="./bin", mode=0o40755, data=b""),
    CpioMember(name="./bin/run", mode=0o100755, data=b"run it"),
    CpioMember(name="./bin/now", mode=0o120777, data=b"run"),
]


def test_what_was_written_is_read():
    assert read_cpio(write_cpio(MEMBERS, date=7)) == MEMBERS


@pytest.mark.skipif(shutil.which("cpio") is None, reason="needs cpio")
def test_cpio_reads_it_too(tmp_path: Path):
    archive = write_cpio(MEMBERS, date=7)
    subprocess.run(["cpio", "-id", "--quiet"], input=archive, cwd=tmp_path, check=True)
    assert (tmp_path / "bin/now").read_bytes() == b"run it"


GOOD = write_cpio(MEMBERS, date=7)


@pytest.mark.parametrize(
    "data",
    [b"", b"070702" + GOOD[6:], GOOD[:50], GOOD[:-30], GOOD[:20] + b"zzzzzzzz" + GOOD[28:]],
    ids=["empty", "another magic", "half a header", "no end", "no number"],
)
def test_what_is_no_archive_is_refused(data: bytes):
    with pytest.raises(PackageError):
        read_cpio(data)


@given(st.binary(max_size=400), st.integers(0, len(GOOD)))
def test_no_input_ends_in_anything_else(data: bytes, at: int):
    with suppress(PackageError):
        read_cpio(GOOD[:at] + data + GOOD[at + len(data) :])
