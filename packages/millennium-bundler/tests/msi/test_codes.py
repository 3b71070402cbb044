"""GUIDs that stay."""

from __future__ import annotations

from millennium_bundler.msi.categories import is_well_formed
from millennium_bundler.msi.codes import digest, guid, spelled


def test_the_same_words_give_the_same_guid():
    assert guid("a", "b") == guid("a", "b")


def test_words_do_not_run_into_each_other():
    assert guid("a", "b") != guid("ab")


def test_a_guid_is_spelled_as_windows_wants_it():
    assert is_well_formed(guid("a"), "Guid")
    assert spelled("a32891dd-4065-5a06-a7c8-841fcb4784cd").startswith("{A32891DD")


def test_a_digest_is_that_of_rows_and_streams():
    rows = {"Binary": [("a", b"1"), ("b", b"2")]}
    first = digest(rows, {"app.cab": b"x"})
    assert digest({"Binary": list(reversed(rows["Binary"]))}, {"app.cab": b"x"}) == first
    assert digest({"Binary": [("a", b"1"), ("b", b"3")]}, {"app.cab": b"x"}) != first
    assert digest(rows, {"app.cab": b"y"}) != first
