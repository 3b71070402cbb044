"""The summary of an .msi."""

from __future__ import annotations

import dataclasses

import pytest

from millennium_bundler.errors import PackageError
from millennium_bundler.msi.summary import Summary, read_summary, write_summary

SUMMARY = Summary(
    subject="Größe",
    author="Ada",
    comments="All of it",
    template="x64;1031",
    package_code="{A32891DD-4065-5A06-A7C8-841FCB4784CD}",
    schema=450,
    flags=10,
    date=1_735_689_600,
    code_page=1252,
)


@pytest.mark.parametrize("code_page", [1252, 65001])
def test_what_was_written_is_read(code_page: int):
    summary = dataclasses.replace(SUMMARY, code_page=code_page)
    assert read_summary(write_summary(summary)) == summary


GOOD = write_summary(SUMMARY)


@pytest.mark.parametrize(
    "data",
    [
        GOOD[:-4],
        b"\0\0" + GOOD[2:],
        GOOD.replace(b"\x09\0\0\0", b"\x08\0\0\0", 1),
        GOOD.replace(b"\x0f\0\0\0", b"\x10\0\0\0", 1),
        GOOD.replace(b"\xe4\x04", b"\x01\x00", 1),
        GOOD.replace(b"Ada\0", b"Ada!", 1),
    ],
    ids=["cut", "other mark", "no code", "no flags", "code page", "no end"],
)
def test_damage_is_refused(data: bytes):
    with pytest.raises(PackageError) as caught:
        read_summary(data)
    assert caught.value.code == "package.corrupt"
