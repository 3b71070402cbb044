"""The licence of a disk image, as resources of classic Mac OS."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium_bundler.errors import FormatError
from millennium_bundler.formats.dmg_license import license_resources

PATH = Path("LICENSE")


def rich(text: str) -> bytes:
    return license_resources(text.encode(), path=PATH)["RTF "][0].data


def test_rtf_is_taken_as_it_is():
    data = b"{\\rtf1 own}"
    assert license_resources(data, path=PATH)["RTF "][0].data == data


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a{b}\\c", b"a\\{b\\}\\\\c}"),
        ("ü€", b"\\u252?\\u8364?}"),
        ("😀", b"\\u-10179?\\u-8704?}"),
        ("a\r\nb\tc\0", b"a\\par\nb\tc }"),
        ("\ufeffx", b" x}"),
    ],
    ids=["braces", "letters", "pairs", "lines", "mark"],
)
def test_text_becomes_rtf(text: str, wanted: bytes):
    assert rich(text).endswith(wanted)


def test_the_buttons_are_six():
    data = license_resources(b"x", path=PATH)["STR#"][0].data
    assert data[:2] == b"\0\6"
    assert b"\x05Agree\x08Disagree" in data


def test_there_is_one_language_english():
    assert license_resources(b"x", path=PATH)["LPic"][0].data == b"\0\0\0\1\0\0\0\0\0\0"


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\xff\xfe", "neither RTF nor text"), (b"x" * (1024 * 1024 + 1), "larger")],
    ids=["encoding", "size"],
)
def test_what_is_no_licence_is_refused(data: bytes, words: str):
    with pytest.raises(FormatError, match=words) as caught:
        license_resources(data, path=PATH)
    assert caught.value.code == "macos.license"
