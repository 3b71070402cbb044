"""The licence as RTF."""

from __future__ import annotations

import pytest

from millennium_bundler.errors import FormatError
from millennium_bundler.msi import rich_text as module
from millennium_bundler.msi.rich_text import rich_text


def body(data: bytes) -> str:
    return rich_text(data, name="LICENSE").partition(r"\fs16 ")[2].removesuffix("}")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain", "plain"),
        ("two\nlines", "two\\par\nlines"),
        (r"a\b {c} [d]", r"a\\b \{c\} \'5bd\'5d"),
        ("ü", r"\u252?"),
        ("€", r"\u8364?"),
        ("日", r"\u26085?"),
        ("\uff01", r"\u-255?"),
        ("😀", r"\u-10179?\u-8704?"),
        ("a\tb", r"a\tab b"),
    ],
)
def test_text_becomes_rtf(text: str, found: str):
    assert body(text.encode()) == found


@pytest.mark.parametrize(
    "data",
    ["ü".encode("utf-8-sig"), "ü".encode("utf-16"), "ü".encode("cp1252")],
    ids=["UTF-8 with mark", "UTF-16", "Windows-1252"],
)
def test_text_is_read_in_its_coding(data: bytes):
    assert body(data) == r"\u252?"


def test_rtf_is_kept_but_for_brackets_and_bytes():
    given = b"{\\rtf1 [year] \xe9}\r\n\0"
    assert rich_text(given, name="LICENSE.rtf") == r"{\rtf1 \'5byear\'5d \'e9}"


def test_what_is_no_text_is_refused():
    with pytest.raises(FormatError, match="neither text nor RTF") as caught:
        rich_text(b"\0\1", name="LICENSE")
    assert caught.value.number == "M0487"


def test_a_licence_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MAX_BYTES", 3)
    rich_text(b"123", name="LICENSE")
    with pytest.raises(FormatError, match="larger than 3"):
        rich_text(b"1234", name="LICENSE")
