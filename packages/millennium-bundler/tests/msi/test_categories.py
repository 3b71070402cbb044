"""Which texts are well-formed."""

from __future__ import annotations

import pytest

from millennium_bundler.msi.categories import is_well_formed, references


@pytest.mark.parametrize(
    ("category", "good", "bad"),
    [
        ("Identifier", "_a.B9", "9a"),
        ("UpperCase", "A_B", "Ab"),
        (
            "Guid",
            "{A32891DD-4065-5A06-A7C8-841FCB4784CD}",
            "{a32891dd-4065-5a06-a7c8-841fcb4784cd}",
        ),
        ("Version", "1.2.3.4", "1.2.3.4.5"),
        ("Language", "1033,0", "en"),
        ("Filename", "LONGNA~1.TXT|long name.text", "long name.text"),
        ("Filename", "short.txt", "a|b:c"),
        ("WildCardFilename", "*.tmp", "a\\b"),
        ("DefaultDir", "RESOUR~1|resources", "a/b"),
        ("DefaultDir", ".", ""),
        ("RegPath", "Software\\Acme", "Software\\"),
        ("RegPath", "Software\\[Name]", "\\Software"),
        ("CustomSource", "[Folder]", "a b"),
        ("Cabinet", "#app.cab", "#app cab"),
        ("Shortcut", "[#MainExe]", "[]"),
        ("Property", "%PATH", "9"),
        ("Condition", "NOT Installed", ""),
        ("AnyPath", "a\\b", "a\nb"),
    ],
)
def test_a_category_takes_what_it_should(category: str, good: str, bad: str):
    assert is_well_formed(good, category)
    assert not is_well_formed(bad, category)


def test_names_in_brackets_are_found():
    text = "[ProductName] [#MainExe] [!x] [$c] [%PATH] [\\[] [~] [not a name]"
    found = ("ProductName", "#MainExe", "!x", "$c", "%PATH", "\\[", "~")
    assert references(text, "Formatted") == found


def test_plain_text_names_nothing():
    assert references("[ProductName]", "Text") == ()
