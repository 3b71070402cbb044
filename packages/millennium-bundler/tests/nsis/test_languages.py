"""Languages of a setup.exe."""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType

import pytest

import millennium_bundler.nsis.languages as room
from millennium_bundler.errors import FormatError
from millennium_bundler.nsis.languages import find_language, language_tag

OURS = ["en-US", "de-DE", "fr-FR", "es-ES", "ja-JP", "zh-CN"]
BRACES = ("{product}", "{code}", "{version}")


@pytest.mark.parametrize("tag", OURS)
def test_six_languages_have_texts_with_the_same_places(tag: str):
    english, found = find_language("en-US"), find_language(tag)
    assert found.is_translated
    assert found.texts.keys() == english.texts.keys()
    places = {name: [one for one in BRACES if one in text] for name, text in english.texts.items()}
    assert {n: [o for o in BRACES if o in t] for n, t in found.texts.items()} == places


@pytest.mark.parametrize("name", ["German", "de-DE"])
def test_a_language_has_two_names(name: str):
    assert language_tag(name) == "de-DE"
    assert find_language(name).name == "German"


def test_spanish_is_spanish():
    assert language_tag("Spanish") == "es-ES"


def test_other_languages_take_the_english_texts():
    found = find_language("ru-RU")
    assert not found.is_translated
    assert found.texts == find_language("en-US").texts


def test_what_nsis_does_not_speak_is_refused():
    with pytest.raises(FormatError, match="'tlh-AA' is not known") as caught:
        find_language("tlh-AA")
    assert caught.value.number == "M0497"


@pytest.mark.skipif(not Path("/usr/share/nsis").is_dir(), reason="needs makensis")
def test_the_compiler_has_all_of_them():
    names: MappingProxyType[str, str] = room._NAMES
    folder = Path("/usr/share/nsis/Contrib/Language files")
    assert [name for name in names.values() if not (folder / f"{name}.nsh").is_file()] == []


def test_texts_of_ones_own_replace_ours(tmp_path: Path):
    (tmp_path / "pl.json").write_text(json.dumps({"running": "{product} działa"}))
    found = find_language("pl-PL", tmp_path / "pl.json")
    assert found.texts["running"] == "{product} działa"
    assert found.texts["webview"] == find_language("en-US").texts["webview"]
    assert found.is_translated


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"[" * 100000, "cannot be read"),
        (b"[]", "no object of texts"),
        (b'{"running": 1}', "no object of texts"),
        (b'{"runing": "x"}', "unknown name 'runing'"),
    ],
    ids=["not JSON", "not UTF-8", "deep", "a list", "a number", "unknown"],
)
def test_a_file_that_is_none_of_texts_is_refused(tmp_path: Path, body: bytes, said: str):
    (tmp_path / "own.json").write_bytes(body)
    with pytest.raises(FormatError, match=said) as caught:
        find_language("pl-PL", tmp_path / "own.json")
    assert caught.value.code == "windows.texts"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(FormatError, match=r"own\.json cannot be read"):
        find_language("pl-PL", tmp_path / "own.json")
