"""The list of checksums, read as somebody reads it who did not write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.checksums import is_file_name, parse_sums, write_sums
from millennium_bundler.errors import PackageError

ZERO, ONE = "0" * 64, "1" * 64
GOOD = f"{ZERO}  a.deb\n{ONE}  b c.rpm\n"


def test_what_was_written_is_read():
    sums = {"b c.rpm": ONE, "a.deb": ZERO}
    assert write_sums(sums) == GOOD.encode()
    assert parse_sums(GOOD.encode()) == sums


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "no sum\n",
        GOOD + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.rstrip("\n"),
        GOOD[:-8],
        GOOD.replace("  ", " *"),
        GOOD.replace("0", "A"),
        "\\" + GOOD,
        "\ufeff" + GOOD,
        GOOD + "# a comment\n",
    ],
    ids=[
        "empty", "an empty line", "no sum", "a name twice", "line ends of Windows", "no last line end",
        "cut off", "a binary mark", "other digits", "an escape", "a mark of order", "a comment",
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused(text: str):
    with pytest.raises(PackageError) as caught:
        parse_sums(text.encode())
    assert caught.value.code == "package.differs"


NAMES = {
    "the folder": ".",
    "the folder above": "..",
    "a path upwards": "../x",
    "a path downwards": "x/y",
    "an absolute path": "/etc/passwd",
    "a path of Windows": "..\\x",
    "a drive": "C:x",
    "a stream": "x:y",
    "a terminal's order": "x\x1b[2Jy",
    "the same of eight bits": "x\x9b2Jy",
    "a zero": "x\0y",
    "a tab": "x\ty",
    "a line end of Unicode": "x\u2028y",
    "a turned direction": "x\u202egpj.exe",
    "half a letter": "x\ud800",
    "too long": "ä" * 128,
    "nothing": "",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_that_is_none_of_a_file_here_is_refused(name: str):
    assert not is_file_name(name)
    with pytest.raises(PackageError):
        parse_sums(f"{ZERO}  {name}\n".encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("name", ["...", "-rf", " x", "ä b", "Notes 1.0 (x64).exe", "x" * 255])
def test_a_name_that_is_merely_odd_passes(name: str):
    assert parse_sums(f"{ZERO}  {name}\n".encode()) == {name: ZERO}


@given(st.binary(max_size=300))
def test_no_list_ends_in_anything_but_our_error(data: bytes):
    for start in (b"", ZERO.encode() + b"  "):
        try:
            names = parse_sums(start + data)
        except PackageError:
            continue
        assert all(is_file_name(name) for name in names)
