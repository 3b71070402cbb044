"""Languages of the wizard."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from millennium_bundler.errors import FormatError
from millennium_bundler.msi import languages
from millennium_bundler.msi.languages import find_language
from millennium_bundler.msi.string_pool import CODE_PAGES, can_encode

OURS = ("en-US", "de-DE", "fr-FR", "es-ES", "ja-JP", "zh-CN")


@pytest.mark.parametrize("tag", OURS)
def test_texts_of_its_own_are_complete_and_fit_the_code_page(tag: str):
    language = find_language(tag)
    source = files("millennium_bundler.msi").joinpath("locales", f"{tag}.json")
    own = json.loads(source.read_text("utf-8"))
    assert own.keys() == find_language("en-US").texts.keys()
    assert all(can_encode(text, language.code_page) for text in own.values())
    assert language.is_translated


def test_every_language_has_a_code_page_that_is_known():
    assert {page for _, page in languages._NUMBERS.values()} <= CODE_PAGES.keys()


def test_no_two_languages_have_one_number():
    numbers = [number for number, _ in languages._NUMBERS.values()]
    assert len(set(numbers)) == len(numbers)


def test_a_language_without_texts_speaks_english():
    polish = find_language("pl-PL")
    assert polish.texts == find_language("en-US").texts
    assert (polish.number, polish.code_page, polish.is_translated) == (1045, 1250, False)


def test_the_english_of_england_is_no_other_language():
    assert find_language("en-GB").is_translated


def test_texts_of_ones_own_replace_ours(tmp_path: Path):
    (tmp_path / "pl.json").write_text(json.dumps({"next": "&Dalej >"}))
    polish = find_language("pl-PL", tmp_path / "pl.json")
    assert (polish.texts["next"], polish.texts["back"]) == ("&Dalej >", "< &Back")
    assert polish.is_translated


def test_an_unknown_language_is_refused():
    with pytest.raises(FormatError, match="'xx-XX'") as caught:
        find_language("xx-XX")
    assert caught.value.number == "M0482"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ("[]", "no object"),
        ('{"next": 1}', "no object"),
        ('{"nxt": "x"}', "unknown name 'nxt'"),
    ],
    ids=["no JSON", "too deep", "a list", "a number", "unknown"],
)
def test_texts_that_cannot_be_taken_are_refused(tmp_path: Path, text: str, words: str):
    (tmp_path / "own.json").write_text(text)
    with pytest.raises(FormatError, match=words):
        find_language("en-US", tmp_path / "own.json")


def test_texts_that_are_missing_are_refused(tmp_path: Path):
    with pytest.raises(FormatError, match="cannot be read"):
        find_language("en-US", tmp_path / "none.json")
