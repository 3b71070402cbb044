"""Rows of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium_bundler.errors import FormatError
from millennium_bundler.msi import fragments
from millennium_bundler.msi.fragments import read_fragment

JSON = (
    '{"Registry": [{"Registry": "Beta", "Root": 1, "Key": "Software\\\\Acme", "Component_": "C"}]}'
)
TOML = """
[[Registry]]
Registry = "Beta"
Root = 1
Key = 'Software\\Acme'
Component_ = "C"
"""
ROW = ("Beta", 1, "Software\\Acme", None, None, "C")


@pytest.mark.parametrize(("name", "text"), [("a.json", JSON), ("a.toml", TOML)])
def test_json_and_toml_say_the_same(tmp_path: Path, name: str, text: str):
    (tmp_path / name).write_text(text)
    assert read_fragment(tmp_path / name).rows == (("Registry", ROW),)


def test_a_stream_is_a_file_beside_the_fragment(tmp_path: Path):
    (tmp_path / "setup.exe").write_bytes(b"MZ")
    (tmp_path / "a.json").write_text('{"Binary": [{"Name": "Setup", "Data": "setup.exe"}]}')
    assert read_fragment(tmp_path / "a.json").rows == (("Binary", ("Setup", b"MZ")),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "cannot be read as JSON or TOML"),
        ("\ufeff<?xml version='1.0'?><Wix/>", "is XML, as of WiX"),
        ("[]", "no object of tables"),
        ('{"Nothing": []}', "table 'Nothing'"),
        ('{"File": []}', "table 'File'"),
        ('{"Registry": {}}', "no list of rows"),
        ('{"Registry": [1]}', "a row of Registry that is no object"),
        ('{"Registry": [{"Regisrty": 1}]}', "column 'Regisrty'"),
        ('{"Registry": [{"Root": true}]}', "no text or number in Registry.Root"),
        ('{"Registry": [{"Root": [1]}]}', "no text or number in Registry.Root"),
        ('{"Binary": [{"Name": "A", "Data": "none"}]}', "names none, which cannot be read"),
    ],
    ids=[
        *("no JSON", "XML", "list", "unknown table", "table of ours", "no list", "no object"),
        *("unknown column", "truth", "list in a cell", "no file"),
    ],
)
def test_what_is_no_fragment_is_refused(tmp_path: Path, text: str, words: str):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(FormatError, match=words) as caught:
        read_fragment(tmp_path / "a.json")
    assert caught.value.number == "M0483"


def test_a_missing_fragment_is_refused(tmp_path: Path):
    with pytest.raises(FormatError, match="cannot be read: No such file") as caught:
        read_fragment(tmp_path / "none.json")
    assert caught.value.help == "correct the path, or leave it out"


def test_a_fragment_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a.json").write_text("{}")
    monkeypatch.setattr(fragments, "_MAX_BYTES", 1)
    with pytest.raises(FormatError, match="larger than 1"):
        read_fragment(tmp_path / "a.json")


def test_a_stream_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "setup.exe").write_bytes(b"MZ")
    (tmp_path / "a.json").write_text('{"Binary": [{"Name": "Setup", "Data": "setup.exe"}]}')
    monkeypatch.setattr(fragments, "_MAX_STREAM_BYTES", 1)
    with pytest.raises(FormatError, match="too large"):
        read_fragment(tmp_path / "a.json")
